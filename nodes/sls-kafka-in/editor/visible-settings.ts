import { NO } from '../../../lib/config/choices'
import { CONSUMER_DEFAULTS } from '../../../lib/config/consumer-defaults'
import { switchText, textOf } from '../../../lib/config/fields'
import { element } from '../../shared/editor/dialog'
import type { EditorNode, JQuery } from '../../shared/editor/editor-red'
import { input, onChange, typed } from '../../shared/editor/form'

declare const $: JQuery

/** The advanced settings, which are folded while all of them have their defaults. */
const ADVANCED = [
  'ackTimeout',
  'commitInterval',
  'sessionTimeout',
  'rebalanceTimeout',
  'maxBytesPerShard',
  'maxInFlightBytes',
]

/** Fills in defaults that a hand-written flow lacks. */
export function fillDefaults(node: EditorNode): void {
  for (const field of ['startFrom', 'format', 'emit', 'commit', 'onExhausted'] as const) {
    if (!node[field]) input(field).val(CONSUMER_DEFAULTS[field])
  }
  // The editor ticks a checkbox for any text, even for "false".
  const starts = textOf(switchText(node['autoStart']))
  autoStart().checked = !NO.some((no) => no === starts)
}

/** Shows the settings that apply, and unfolds the advanced settings if one differs from its default. */
export function showApplicableSettings(): void {
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
  // The editor removes the wires of an output that no longer exists.
  input('outputs').val(isOnAck && typed('onExhausted') === 'output' ? 2 : 1)
}

function toggle(rows: string, isShown: boolean): void {
  $(`.sls-kafka-in-${rows}`).toggle(isShown)
}

function autoStart(): HTMLInputElement {
  return element('node-input-autoStart') as HTMLInputElement
}
