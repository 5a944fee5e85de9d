import * as rule from '../../lib/options/fields'
import { firstText, type EditorRED } from '../common/editor-red'
import { validatorFor } from '../common/validator'

declare const RED: EditorRED

const valid = validatorFor('sls-project')

RED.nodes.registerType('sls-project', {
  category: 'config',
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    project: { value: '', required: true, validate: valid('project', rule.projectName) },
    endpoint: { value: '', validate: valid('endpoint', rule.endpoint) },
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
})
