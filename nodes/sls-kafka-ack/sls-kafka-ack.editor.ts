import { firstText, type EditorRED, type JQuery } from '../common/editor-red'

declare const RED: EditorRED
declare const $: JQuery

RED.nodes.registerType('sls-kafka-ack', {
  category: 'network',
  color: '#D8BFD8',
  icon: 'sls-kafka-ack.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'sls ack',
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    action: { value: 'ack' },
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
  oneditprepare() {
    $('#node-input-token').typedInput({
      default: 'msg',
      types: ['msg', 'jsonata', 'flow', 'global', 'str', 'env'],
      typeField: $('#node-input-tokenType'),
    })
  },
})
