import * as rule from '../../lib/options/fields'
import { CONSUMER_DEFAULTS, CONSUMER_RANGES } from '../../lib/options/consumer-defaults'
import {
  firstText,
  type EditorNode,
  type EditorRED,
  type JQuery,
  type JQueryElement,
  type Validator,
} from '../common/editor-red'
import { shareLogstore } from '../common/logstore-below.editor'
import { validatorFor } from '../common/validator'

declare const RED: EditorRED
declare const $: JQuery

const valid = validatorFor('sls-kafka-in')
const number = (field: keyof typeof CONSUMER_RANGES): ReturnType<typeof valid> =>
  valid(field, rule.wholeNumber(CONSUMER_RANGES[field]))

/** A property as it is typed while the dialog is open, else as it was saved. */
function current(node: EditorNode, property: string): string {
  return rule.textOf($(`#node-input-${property}`).val() ?? node[property])
}

const validBatchSize: Validator = function (value, options) {
  const beside = {
    emit: current(this, 'emit'),
    commit: current(this, 'commit'),
    maxInFlight: current(this, 'maxInFlight'),
  }
  return valid('batchSize', rule.batchSizeBeside(beside)).call(this, value, options)
}

const validStartTime: Validator = function (value, options) {
  const apply = rule.startTimeBeside(current(this, 'startFrom'))
  return valid('startTime', apply).call(this, value, options)
}

RED.nodes.registerType('sls-kafka-in', {
  category: 'network',
  color: '#D8BFD8',
  icon: 'sls-kafka.svg',
  inputs: 0,
  outputs: 1,
  paletteLabel: 'sls in',
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    project: { value: '', type: 'sls-project', required: true },
    logstore: { value: '', required: true, validate: valid('logstore', rule.logstoreName) },
    group: { value: '', required: true, validate: valid('group', rule.present) },
    startFrom: { value: 'latest' },
    startTime: { value: '', validate: validStartTime },
    format: { value: 'auto' },
    emit: { value: 'record' },
    batchSize: { value: '', validate: validBatchSize },
    batchWait: { value: '', validate: number('batchWait') },
    commit: { value: 'onSend' },
    maxRate: { value: '', validate: number('maxRate') },
    maxInFlight: { value: '', validate: number('maxInFlight') },
    maxAttempts: { value: '', validate: number('maxAttempts') },
    retryDelay: { value: '', validate: number('retryDelay') },
    onExhausted: { value: 'stop' },
    outputs: { value: 1 },
    autoStart: { value: true },
    ackTimeout: { value: '', validate: number('ackTimeout') },
    commitInterval: { value: '', validate: number('commitInterval') },
    sessionTimeout: { value: '', validate: number('sessionTimeout') },
    rebalanceTimeout: { value: '', validate: number('rebalanceTimeout') },
    maxBytesPerShard: { value: '', validate: number('maxBytesPerShard') },
    maxInFlightBytes: { value: '', validate: number('maxInFlightBytes') },
  },
  outputLabels(index) {
    return this._(`sls-kafka-in.output.${index === 0 ? 'records' : 'given-up'}`)
  },
  label() {
    const source = [this['logstore'], this['group']].filter((part) => part !== '').join(' · ')
    return firstText(this['name'], source, 'sls in')
  },
  labelStyle() {
    return this['name'] ? 'node_label_italic' : ''
  },
  oneditprepare() {
    shareLogstore(document.getElementById('node-input-logstore'))
    const startFrom = choice(this, 'startFrom', CONSUMER_DEFAULTS.startFrom)
    startFrom.on('change', () => {
      $('.sls-kafka-in-start-time').toggle(startFrom.val() === 'time')
    })
    const emit = $('#node-input-emit')
    emit.on('change', () => {
      $('.sls-kafka-in-batch').toggle(emit.val() === 'batch')
    })
    const commit = choice(this, 'commit', CONSUMER_DEFAULTS.commit)
    const onExhausted = choice(this, 'onExhausted', CONSUMER_DEFAULTS.onExhausted)
    const showCommit = (): void => {
      const isOnAck = commit.val() === 'onAck'
      $('.sls-kafka-in-on-send').toggle(!isOnAck)
      $('.sls-kafka-in-on-ack').toggle(isOnAck)
      // The editor removes the wires of an output that is no more.
      $('#node-input-outputs').val(isOnAck && onExhausted.val() === 'output' ? 2 : 1)
    }
    commit.on('change', showCommit)
    onExhausted.on('change', showCommit)

    const fields = ['project', 'logstore', 'group'] as const
    const showShared = (): void => {
      const typed = fields.map((field) => rule.textOf($(`#node-input-${field}`).val()))
      $('.sls-kafka-in-group-shared').toggle(isReadElsewhere(this, typed))
    }
    for (const field of fields) $(`#node-input-${field}`).on('change input', showShared)
    showShared()
  },
  oneditsave() {
    shareLogstore(null)
  },
  oneditcancel() {
    shareLogstore(null)
  },
})

/** Whether another node has the same project, logstore and group: no mistake, but seldom meant. */
function isReadElsewhere(node: EditorNode, typed: readonly string[]): boolean {
  const others = RED.nodes
    .filterNodes({ type: 'sls-kafka-in' })
    .filter(({ id }) => id !== node['id'])
  return others.some(({ project, logstore, group }) =>
    [project, logstore, group].every((value, index) => rule.textOf(value) === typed[index]),
  )
}

/** The select box of a property. One that a flow saved without it would show nothing. */
function choice(node: EditorNode, property: string, fallback: string): JQueryElement {
  const select = $(`#node-input-${property}`)
  if (!node[property]) select.val(fallback)
  return select
}
