import * as rule from '../../../lib/config/fields'
import { element } from '../../shared/editor/dialog'
import {
  firstText,
  type EditorRED,
  type JQuery,
  type Validator,
} from '../../shared/editor/editor-red'
import { translator } from '../../../lib/translate'
import { validatorFor } from '../../shared/editor/validator'
import { ConnectionTest } from './connection-test'
import { prepareEndpointPicker } from './endpoint-picker'
import { typed } from './form'
import { Pasted } from './paste'
import { preparePolicy } from './policy'
import { prepareServerName } from './server-name'

declare const RED: EditorRED
declare const $: JQuery

const valid = validatorFor('sls-project')

/** The parts of the open dialog. The editor opens one dialog of this type at a time. */
interface Dialog {
  readonly pasted: Pasted
  readonly test: ConnectionTest
}

let dialog: Dialog | null = null

/** Validates the endpoint beside the typed bootstrap address, or the saved one if the dialog is closed. */
const validEndpoint: Validator = function (value, options) {
  const bootstrap = rule.textOf($('#node-config-input-bootstrap').val() ?? this['bootstrap'])
  const endpoint = rule.endpointBeside(bootstrap)
  const apply: rule.Rule = (field, text) =>
    endpoint(field, text) ?? rule.regionSpelling(field, text)
  return valid('endpoint', apply).call(this, value, options)
}

RED.nodes.registerType('sls-project', {
  category: 'config',
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    project: { value: '', required: true, validate: valid('project', rule.projectName) },
    endpoint: { value: '', validate: validEndpoint },
    port: { value: '', validate: valid('port', rule.port) },
    bootstrap: { value: '', validate: valid('bootstrap', rule.bootstrap) },
    serverName: { value: '', validate: valid('serverName', rule.serverName) },
    tls: { value: '', type: 'tls-config', required: false },
  },
  credentials: {
    accessKeyId: { type: 'text' },
    accessKeySecret: { type: 'password' },
  },
  label() {
    return firstText(this['name'], this['project'], 'sls-project')
  },
  oneditprepare() {
    const translate = translator((key, values) => this._(key, values))
    const pasted = new Pasted(translate)
    prepareEndpointPicker()
    prepareServerName(translate)
    preparePolicy(this)
    dialog = { pasted, test: new ConnectionTest(this, () => pasted.logstore) }
    const isAdvancedUsed = (['port', 'bootstrap', 'serverName', 'tls'] as const).some(
      (field) => typed(field) !== '',
    )
    ;(element('sls-project-advanced') as HTMLDetailsElement).open = isAdvancedUsed
  },
  oneditsave() {
    dialog?.pasted.propose()
    close()
  },
  oneditcancel: close,
})

function close(): void {
  dialog?.test.end()
  dialog = null
}
