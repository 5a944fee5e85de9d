import {
  CONSUMER_DEFAULTS,
  CONSUMER_RANGES,
  defaultMaxInFlight,
} from '../../../lib/config/consumer-defaults'
import { textOf, wholeNumber } from '../../../lib/config/fields'
import { migrate, SETTINGS_VERSION } from '../../../lib/config/migrate'
import type { EditorNode } from '../../shared/editor/editor-red'
import { current, input, isOpen, onChange, typed } from '../../shared/editor/form'

/** Fills in the value by which a node of an older version replaces an empty `maxInFlight`. */
export function fillMigrated(node: EditorNode): void {
  const saved = node['maxInFlight']
  const text = migrated(node, saved)
  if (text !== textOf(saved)) input('maxInFlight').val(text)
}

/**
 * The typed `maxInFlight` while the dialog is open, else the saved one. A saved value is migrated, because the
 * editor also validates nodes of an older version that were not opened.
 */
export function currentMaxInFlight(node: EditorNode): string {
  const value = current(node, 'maxInFlight')
  return isOpen(node) ? value : migrated(node, value)
}

function migrated(node: EditorNode, maxInFlight: unknown): string {
  return textOf(migrate({ version: node['version'], maxInFlight })['maxInFlight'])
}

/** Sets the version of a node to the current one. The form must have been filled by `fillMigrated`. */
export function raiseVersion(node: EditorNode): void {
  Object.assign(node, { version: SETTINGS_VERSION })
}

/** Shows the default of `maxInFlight` as the placeholder of the empty field. */
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

/** The records of a full batch; null for single records, undefined for an invalid size. */
function fullBatch(): number | null | undefined {
  if (typed('emit') !== 'batch') return null
  const size = typed('batchSize')
  if (size === '') return CONSUMER_DEFAULTS.batchSize
  const isKnown = wholeNumber(CONSUMER_RANGES.batchSize)('batchSize', size) === null
  return isKnown ? Number(size) : undefined
}
