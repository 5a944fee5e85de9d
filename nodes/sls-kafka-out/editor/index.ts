import { COMPRESSION, WRITE_FORMAT, WRITE_ORDER } from '../../../lib/config/choices'
import * as rule from '../../../lib/config/fields'
import { WRITER_DEFAULTS, WRITER_RANGES } from '../../../lib/config/writer-defaults'
import {
  firstText,
  type EditorRED,
  type JQuery,
  type Validator,
} from '../../shared/editor/editor-red'
import { element } from '../../shared/editor/dialog'
import { closeForm, current, input, openForm, typed } from '../../shared/editor/form'
import { addSearchWords } from '../../shared/editor/palette-search'
import { runtimeValidator } from '../../shared/editor/validator'
import { TIME_TYPES } from '../settings'
import { LogPreview } from './log-preview'
import { LogstoreField } from './logstore-field'

declare const RED: EditorRED
declare const $: JQuery

/** The advanced settings, which are folded while all of them have their defaults. */
const ADVANCED = ['writeTimeout', ...Object.keys(WRITER_RANGES), 'compression'] as const

const number = (field: keyof typeof WRITER_RANGES): Validator =>
  runtimeValidator(field, rule.wholeNumber(WRITER_RANGES[field]))

const choice = (field: string, choices: readonly string[]): Validator =>
  runtimeValidator(field, rule.oneOf(choices))

const validTyped = RED.validators.typedInput('logstoreType')

/** A text is checked as a name; any other type by the editor. */
const validLogstore: Validator = function (value, options) {
  const isText = firstText(current(this, 'logstoreType'), 'str') === 'str'
  const validate = isText ? runtimeValidator('logstore', rule.writableLogstore) : validTyped
  return validate.call(this, value, options)
}

/** The label of the project in the editor's own message about a missing project. */
const PROJECT = RED._('node-red-contrib-sls-kafka/sls-kafka-out:sls-kafka-out.label.project')

/** The parts of the open dialog. The editor opens one dialog of this type at a time. */
let parts: readonly { end(): void }[] = []

RED.nodes.registerType('sls-kafka-out', {
  category: 'network',
  color: '#D8BFD8',
  icon: 'sls-kafka-out.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'sls out',
  inputLabels() {
    return this._('sls-kafka-out.ports.in')
  },
  outputLabels() {
    return this._('sls-kafka-out.ports.out')
  },
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    project: { value: '', type: 'sls-project', required: true, label: PROJECT },
    logstore: { value: '', validate: validLogstore },
    logstoreType: { value: 'str' },
    format: { value: 'auto', validate: choice('format', WRITE_FORMAT) },
    field: { value: '', validate: runtimeValidator('field', rule.fieldName) },
    time: { value: '', validate: RED.validators.typedInput('timeType') },
    timeType: { value: 'date' },
    order: { value: 'spread', validate: choice('order', WRITE_ORDER) },
    compression: { value: 'gzip', validate: choice('compression', COMPRESSION) },
    writeTimeout: { value: '', validate: number('writeTimeout') },
    bufferRecords: { value: '', validate: number('bufferRecords') },
    bufferBytes: { value: '', validate: number('bufferBytes') },
    maxBatchRecords: { value: '', validate: number('maxBatchRecords') },
    maxBatchBytes: { value: '', validate: number('maxBatchBytes') },
    linger: { value: '', validate: number('linger') },
  },
  label() {
    return firstText(this['name'], this['logstore'], 'sls out')
  },
  labelStyle() {
    return this['name'] ? 'node_label_italic' : ''
  },
  onpaletteadd() {
    addSearchWords('sls-kafka-out')
  },
  oneditprepare() {
    openForm(this, '.sls-kafka-out-dialog')
    // A hand-written flow can lack these properties.
    for (const field of ['format', 'order', 'compression'] as const) {
      if (!this[field]) input(field).val(WRITER_DEFAULTS[field])
    }
    for (const [field, value] of Object.entries(WRITER_DEFAULTS)) {
      if (typeof value === 'number' && value > 0) input(field).attr('placeholder', String(value))
    }
    const now = {
      value: 'date',
      label: this._('sls-kafka-out.time.now'),
      icon: 'fa fa-clock-o',
      hasValue: false,
    } as const
    $('#node-input-time').typedInput({
      default: 'date',
      types: [now, ...TIME_TYPES.filter((type) => type !== 'date')],
      typeField: $('#node-input-timeType'),
    })
    const isUsed = ADVANCED.some((field) => !['', 'gzip'].includes(typed(field)))
    ;(element('sls-kafka-out-advanced') as HTMLDetailsElement).open = isUsed
    parts = [new LogstoreField(this), new LogPreview(this)]
  },
  oneditsave: close,
  oneditcancel: close,
})

function close(): void {
  for (const part of parts) part.end()
  parts = []
  closeForm()
}
