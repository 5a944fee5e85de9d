import { NO } from '../../lib/config/choices'
import { CONSUMER_DEFAULTS } from '../../lib/config/consumer-defaults'
import { switchText, textOf } from '../../lib/config/fields'
import { element } from '../common/dialog.editor'
import type { EditorNode, JQuery } from '../common/editor-red'
import { input, onChange, typed } from './form.editor'

declare const $: JQuery

/** Folded away while they are all at their defaults. */
const ADVANCED = [
  'ackTimeout',
  'commitInterval',
  'sessionTimeout',
  'rebalanceTimeout',
  'maxBytesPerShard',
  'maxInFlightBytes',
]

/** A flow that was written by hand may lack what the dialog shows a default for. */
export function fillDefaults(node: EditorNode): void {
  for (const field of ['startFrom', 'format', 'emit', 'commit', 'onExhausted'] as const) {
    if (!node[field]) input(field).val(CONSUMER_DEFAULTS[field])
  }
  // The editor ticks a box for any text, also for "false".
  const starts = textOf(switchText(node['autoStart']))
  autoStart().checked = !NO.some((no) => no === starts)
}

/** Shows the settings that apply, and unfolds the advanced ones if one is not at its default. */
export function showWhatApplies(): void {
  onChange(['startFrom', 'emit', 'commit', 'onExhausted'], show)
  show()
  const isUsed = ADVANCED.some((field) => typed(field) !== '') || !autoStart().checked
  ;(element('sls-kafka-in-advanced') as HTMLDetailsElement).open = isUsed
}

function show(): void {
  const isOnAck = typed('commit') === 'onAck'
  toggle('start-time', typed('startFrom') === 'time')
  toggle('batch', typed('emit') === 'batch')
  toggle('on-send', !isOnAck)
  toggle('on-ack', isOnAck)
  // The editor removes the wires of an output that is no more.
  input('outputs').val(isOnAck && typed('onExhausted') === 'output' ? 2 : 1)
}

function toggle(rows: string, isShown: boolean): void {
  $(`.sls-kafka-in-${rows}`).toggle(isShown)
}

function autoStart(): HTMLInputElement {
  return element('node-input-autoStart') as HTMLInputElement
}
