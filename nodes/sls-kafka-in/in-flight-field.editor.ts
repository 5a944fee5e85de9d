import {
  CONSUMER_DEFAULTS,
  CONSUMER_RANGES,
  defaultMaxInFlight,
} from '../../lib/config/consumer-defaults'
import { textOf, wholeNumber } from '../../lib/config/fields'
import { migrate, SETTINGS_VERSION } from '../../lib/config/migrate'
import type { EditorNode } from '../common/editor-red'
import { current, input, isOpen, onChange, typed } from './form.editor'

/** Writes into the form what a node of an older version takes an empty field as. */
export function fillMigrated(node: EditorNode): void {
  const saved = node['maxInFlight']
  const text = migrated(node, saved)
  if (text !== textOf(saved)) input('maxInFlight').val(text)
}

/**
 * Max in flight as it is typed while the dialog is open, else as it was saved. The editor also validates
 * nodes of an older version that were not opened.
 */
export function currentMaxInFlight(node: EditorNode): string {
  const value = current(node, 'maxInFlight')
  return isOpen(node) ? value : migrated(node, value)
}

function migrated(node: EditorNode, maxInFlight: unknown): string {
  return textOf(migrate({ version: node['version'], maxInFlight })['maxInFlight'])
}

/** Marks a node as one of the current version: its form was filled by `fillMigrated`. */
export function raiseVersion(node: EditorNode): void {
  Object.assign(node, { version: SETTINGS_VERSION })
}

/** Shows in the empty field how many records may be in flight with what the form says. */
export function showMaxInFlight(node: EditorNode): void {
  const show = (): void => {
    const batchSize = fullBatch()
    const text =
      batchSize === undefined
        ? node._('sls-kafka-in.max-in-flight.batches')
        : node._('sls-kafka-in.max-in-flight.records', { records: defaultMaxInFlight(batchSize) })
    input('maxInFlight').attr('placeholder', text)
  }
  onChange(['emit', 'batchSize'], show)
  show()
}

/** Records in a full batch; null for single records, undefined for a size that is not known yet. */
function fullBatch(): number | null | undefined {
  if (typed('emit') !== 'batch') return null
  const size = typed('batchSize')
  if (size === '') return CONSUMER_DEFAULTS.batchSize
  const isKnown = wholeNumber(CONSUMER_RANGES.batchSize)('batchSize', size) === null
  return isKnown ? Number(size) : undefined
}
