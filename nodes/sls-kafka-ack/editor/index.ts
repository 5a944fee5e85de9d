import { oneOf } from '../../../lib/config/fields'
import { firstText, type EditorRED, type JQuery } from '../../shared/editor/editor-red'
import { addSearchWords } from '../../shared/editor/palette-search'
import { validatorFor } from '../../shared/editor/validator'
import { ACK_ACTIONS, TOKEN_TYPES } from '../settings'

declare const RED: EditorRED
declare const $: JQuery

const valid = validatorFor('sls-kafka-ack')

RED.nodes.registerType('sls-kafka-ack', {
  category: 'network',
  color: '#D8BFD8',
  icon: 'sls-kafka-ack.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'sls ack',
  inputLabels() {
    return this._('sls-kafka-ack.ports.in')
  },
  outputLabels() {
    return this._('sls-kafka-ack.ports.out')
  },
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    action: { value: 'ack', validate: valid('action', oneOf(ACK_ACTIONS)) },
    token: { value: 'kafka.token', validate: RED.validators.typedInput('tokenType') },
    tokenType: { value: 'msg' },
  },
  label() {
    const action = firstText(this['action'], 'ack')
    return firstText(this['name'], action === 'msg' ? 'sls ack' : `sls ${action}`)
  },
  labelStyle() {
    return this['name'] ? 'node_label_italic' : ''
  },
  onpaletteadd() {
    addSearchWords('sls-kafka-ack')
  },
  oneditprepare() {
    // A hand-written flow can lack these properties.
    if (!this['action']) $('#node-input-action').val('ack')
    if (this['token'] === undefined) $('#node-input-token').val('kafka.token')
    $('#node-input-token').typedInput({
      default: 'msg',
      types: TOKEN_TYPES,
      typeField: $('#node-input-tokenType'),
    })
  },
})
