import * as rule from '../../lib/config/fields'
import { element } from '../common/dialog.editor'
import { firstText, type EditorRED, type JQuery, type Validator } from '../common/editor-red'
import { translator } from '../common/translate'
import { validatorFor } from '../common/validator'
import { ConnectionTest } from './connection-test.editor'
import { prepareEndpointPicker } from './endpoint-picker.editor'
import { typed } from './form.editor'
import { Pasted } from './paste.editor'
import { preparePolicy } from './policy.editor'

declare const RED: EditorRED
declare const $: JQuery

const valid = validatorFor('sls-project')

/** What the open dialog is made of; the editor opens one at a time. */
interface Dialog {
  readonly pasted: Pasted
  readonly test: ConnectionTest
}

let dialog: Dialog | null = null

/** Reads the bootstrap as it is typed while the dialog is open, else as it was saved. */
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
    const pasted = new Pasted(translator((key, values) => this._(key, values)))
    prepareEndpointPicker()
    preparePolicy()
    dialog = { pasted, test: new ConnectionTest(this, () => pasted.logstore) }
    const isAdvancedUsed = (['port', 'bootstrap', 'tls'] as const).some(
      (field) => !['', '_ADD_'].includes(typed(field)),
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
