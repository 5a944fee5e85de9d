import * as rule from '../../lib/options/fields'
import { CONSUMER_RANGES } from '../../lib/options/consumer-defaults'
import { firstText, type EditorRED, type JQuery } from '../common/editor-red'
import { validatorFor } from '../common/validator'

declare const RED: EditorRED
declare const $: JQuery

const valid = validatorFor('sls-kafka-in')
const number = (field: keyof typeof CONSUMER_RANGES): ReturnType<typeof valid> =>
  valid(field, rule.wholeNumber(CONSUMER_RANGES[field]))

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
    format: { value: 'auto' },
    emit: { value: 'record' },
    batchSize: { value: '', validate: number('batchSize') },
    batchWait: { value: '', validate: number('batchWait') },
    commit: { value: 'onSend' },
    maxRate: { value: '', validate: number('maxRate') },
    autoStart: { value: true },
    commitInterval: { value: '', validate: number('commitInterval') },
    sessionTimeout: { value: '', validate: number('sessionTimeout') },
    rebalanceTimeout: { value: '', validate: number('rebalanceTimeout') },
    maxBytesPerShard: { value: '', validate: number('maxBytesPerShard') },
    maxInFlightBytes: { value: '', validate: number('maxInFlightBytes') },
  },
  label() {
    const source = [this['logstore'], this['group']].filter((part) => part !== '').join(' · ')
    return firstText(this['name'], source, 'sls in')
  },
  labelStyle() {
    return this['name'] ? 'node_label_italic' : ''
  },
  oneditprepare() {
    const emit = $('#node-input-emit')
    emit.on('change', () => {
      $('.sls-kafka-in-batch').toggle(emit.val() === 'batch')
    })
  },
})
