import * as rule from '../../../lib/config/fields'
import { COMMIT, EMIT, NO, ON_EXHAUSTED, START_FROM, YES } from '../../../lib/config/choices'
import { CONSUMER_RANGES } from '../../../lib/config/consumer-defaults'
import { SETTINGS_VERSION } from '../../../lib/config/migrate'
import { FORMATS } from '../../../lib/sls/formats'
import { firstText, type EditorRED, type Validator } from '../../shared/editor/editor-red'
import { shareLogstoreField } from '../../shared/editor/shared-logstore-field'
import { addSearchWords } from '../../shared/editor/palette-search'
import { validatorFor } from '../../shared/editor/validator'
import { closeForm, current, openForm } from '../../shared/editor/form'
import { GroupField, sharingRemarks } from './group-field'
import { currentMaxInFlight, fillMigrated, raiseVersion, showMaxInFlight } from './in-flight-field'
import { LogstorePicker } from './logstore-picker'
import { Preview } from './preview'
import { fillDefaults, showApplicableSettings } from './visible-settings'
import { StartHints } from './start-hints'
import { AckButton } from './wiring/ack-button'
import { addAction } from './wiring/action'
import { watchWiring, wiringFault } from './wiring/check'

declare const RED: EditorRED

const valid = validatorFor('sls-kafka-in')
const number = (field: keyof typeof CONSUMER_RANGES): ReturnType<typeof valid> =>
  valid(field, rule.wholeNumber(CONSUMER_RANGES[field]))

const choice = (field: string, choices: readonly string[]): ReturnType<typeof valid> =>
  valid(field, rule.oneOf(choices))

/** The label of the project in the editor's own message about a missing project. */
const PROJECT = RED._('node-red-contrib-sls-kafka/sls-kafka-in:sls-kafka-in.label.project')

/** The parts of the open dialog. The editor opens one dialog of this type at a time. */
let parts: readonly { end(): void }[] = []

const validBatchSize: Validator = function (value, options) {
  const beside = {
    emit: current(this, 'emit'),
    commit: current(this, 'commit'),
    maxInFlight: currentMaxInFlight(this),
  }
  return valid('batchSize', rule.batchSizeBeside(beside)).call(this, value, options)
}

/** Checks the choice, and with `onAck` that the flow behind the node acknowledges. */
const validCommit: Validator = function (value, options) {
  const result = choice('commit', COMMIT).call(this, value, options)
  if (result !== true || value !== 'onAck') return result
  return wiringFault(rule.textOf(this['id'])) || true
}

const validStartTime: Validator = function (value, options) {
  const apply = rule.startTimeBeside(current(this, 'startFrom'))
  return valid('startTime', apply).call(this, value, options)
}

const validAutoStart: Validator = function (value, options) {
  const apply = rule.oneOf([...YES, ...NO])
  return valid('autoStart', apply).call(this, rule.switchText(value), options)
}

RED.nodes.registerType('sls-kafka-in', {
  category: 'network',
  color: '#D8BFD8',
  icon: 'sls-kafka.svg',
  inputs: 0,
  outputs: 1,
  paletteLabel: 'sls in',
  defaults: {
    version: { value: SETTINGS_VERSION },
    name: { value: '' },
    project: { value: '', type: 'sls-project', required: true, label: PROJECT },
    logstore: { value: '', validate: valid('logstore', rule.logstoreName) },
    group: { value: '', validate: valid('group', rule.present) },
    sharesGroup: { value: false },
    startFrom: { value: 'latest', validate: choice('startFrom', START_FROM) },
    startTime: { value: '', validate: validStartTime },
    format: { value: 'auto', validate: choice('format', FORMATS) },
    emit: { value: 'record', validate: choice('emit', EMIT) },
    batchSize: { value: '', validate: validBatchSize },
    batchWait: { value: '', validate: number('batchWait') },
    commit: { value: 'onSend', validate: validCommit },
    maxRate: { value: '', validate: number('maxRate') },
    maxInFlight: { value: '', validate: number('maxInFlight') },
    maxAttempts: { value: '', validate: number('maxAttempts') },
    retryDelay: { value: '', validate: number('retryDelay') },
    onExhausted: { value: 'stop', validate: choice('onExhausted', ON_EXHAUSTED) },
    outputs: { value: 1 },
    autoStart: { value: true, validate: validAutoStart },
    ackTimeout: { value: '', validate: number('ackTimeout') },
    commitInterval: { value: '', validate: number('commitInterval') },
    sessionTimeout: { value: '', validate: number('sessionTimeout') },
    rebalanceTimeout: { value: '', validate: number('rebalanceTimeout') },
    maxBytesPerShard: { value: '', validate: number('maxBytesPerShard') },
    maxInFlightBytes: { value: '', validate: number('maxInFlightBytes') },
  },
  outputLabels(index) {
    return this._(`sls-kafka-in.output.${index === 0 ? 'records' : 'exhausted'}`)
  },
  label() {
    const source = [this['logstore'], this['group']].map(rule.textOf).filter(Boolean).join(' · ')
    return firstText(this['name'], source, 'sls in')
  },
  labelStyle() {
    return this['name'] ? 'node_label_italic' : ''
  },
  onpaletteadd() {
    addSearchWords('sls-kafka-in')
  },
  oneditprepare() {
    shareLogstoreField(document.getElementById('node-input-logstore'))
    openForm(this, '.sls-kafka-in-dialog')
    fillDefaults(this)
    fillMigrated(this)
    showApplicableSettings()
    showMaxInFlight(this)
    new GroupField(this)
    parts = [new LogstorePicker(), new StartHints(this), new AckButton(this), new Preview(this)]
  },
  oneditsave() {
    raiseVersion(this)
    close()
  },
  oneditcancel: close,
})

function close(): void {
  shareLogstoreField(null)
  for (const part of parts) part.end()
  parts = []
  closeForm()
}

addAction(RED._('node-red-contrib-sls-kafka/sls-kafka-in:sls-kafka-in.hint.acknowledge'))
watchWiring(sharingRemarks)
