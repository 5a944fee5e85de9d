import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CODES } from '../../../lib/errors'
import { ON_EXHAUSTED } from '../../../lib/config/choices'
import { RULES } from '../../../lib/config/consumer-options'
import { RULES as WRITER_RULES } from '../../../lib/config/writer-options'
import { PROBLEM_REASONS } from '../../../lib/config/problem'
import { NETWORK_REASONS } from '../../../lib/sls/network-reason'
import { CONNECTION_TEST_STEPS } from '../../../lib/sls/connection-test-steps'
import { STATUS_TEXTS } from '../../../lib/monitoring/status'
import { WRITER_STATUS_TEXTS } from '../../../lib/monitoring/writer-status'
import { REFUSALS } from '../../../nodes/shared/admin-responses'

const ROOT = join(__dirname, '..', '..', '..', '..')

type Catalogue = Record<string, Record<string, string>>

function catalogue(node: string): Catalogue {
  const file = join(ROOT, 'nodes', node, 'locales', 'en-US', `${node}.json`)
  return (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Catalogue>)[node] ?? {}
}

function source(node: string, extension: string): string {
  return readFileSync(join(ROOT, 'nodes', node, `${node}.${extension}`), 'utf8')
}

describe('catalogues', () => {
  const texts = catalogue('sls-kafka-in')

  it('have a text for every error code', () => {
    // The text of these is that of the problem.
    const ofProblems = ['SLS_CONFIG_INVALID', 'SLS_CONTROL_INVALID']
    const codes = ERROR_CODES.filter((code) => !ofProblems.includes(code))
    const told = ['sls-kafka-in', 'sls-kafka-ack'].flatMap((node) =>
      Object.keys(catalogue(node)['errors'] ?? {}),
    )
    assert.deepEqual(told.sort(), [...codes].sort())
  })

  it('have a text for every status', () => {
    assert.deepEqual(Object.keys(texts['status'] ?? {}).sort(), [...STATUS_TEXTS].sort())
  })

  it('have a text for every status of a writer', () => {
    const { status = {}, figures = {} } = catalogue('sls-kafka-out')
    assert.deepEqual(Object.keys(status).sort(), [...WRITER_STATUS_TEXTS].sort())
    assert.match(figures['buffered'] ?? '', /^__count__/)
  })

  it('have a text for records in flight that starts with the number', () => {
    assert.match(texts['figures']?.['in-flight'] ?? '', /^__count__/)
  })

  it('have a text for every problem of a setting', () => {
    assert.deepEqual(Object.keys(texts['problems'] ?? {}).sort(), [...PROBLEM_REASONS].sort())
  })

  it('have a text for every problem of every field', () => {
    for (const node of ['sls-kafka-in', 'sls-kafka-ack', 'sls-kafka-control', 'sls-project']) {
      const { problems = {} } = catalogue(node)
      for (const reason of ['not-text', 'variable-in-text']) assert.ok(problems[reason], node)
    }
    for (const reason of ['choice', 'variable-not-set']) {
      assert.ok(catalogue('sls-kafka-ack')['problems']?.[reason], reason)
      assert.ok(catalogue('sls-kafka-control')['problems']?.[reason], reason)
    }
  })

  it('have a name for every setting that can have a problem', () => {
    for (const field of [...Object.keys(RULES), ...Object.keys(WRITER_RULES)]) {
      assert.ok(texts['fields']?.[field], field)
    }
  })

  it('have a text for every outcome of an exhausted or rejected record', () => {
    assert.deepEqual(Object.keys(texts['outcomes'] ?? {}).sort(), [...ON_EXHAUSTED].sort())
  })

  it('have a text for every result of a connection test', () => {
    const { steps = {}, reasons = {}, refusals = {} } = catalogue('sls-project')
    assert.deepEqual(Object.keys(steps), [...CONNECTION_TEST_STEPS])
    assert.deepEqual(Object.keys(reasons), [...NETWORK_REASONS])
    assert.deepEqual(Object.keys(refusals), [...REFUSALS])
  })

  for (const node of [
    'sls-kafka-in',
    'sls-kafka-out',
    'sls-kafka-ack',
    'sls-kafka-control',
    'sls-project',
  ]) {
    it(`have every text that the dialog of ${node} shows, and no other label`, () => {
      const used = [...source(node, 'html').matchAll(/data-i18n="(?:\[\w+\])?([\w.-]+)"/g)]
        .map(([, key]) => key ?? '')
        .filter((key) => key.startsWith(`${node}.`))
      const known = Object.entries(catalogue(node)).flatMap(([section, entries]) =>
        typeof entries === 'string'
          ? []
          : Object.keys(entries).map((key) => `${node}.${section}.${key}`),
      )
      for (const key of used) assert.ok(known.includes(key), key)
      const labels = known.filter((key) =>
        /\.(label|hint|placeholder|start-from|format|emit|commit|on-exhausted|action|order|compression)\./.test(
          key,
        ),
      )
      assert.deepEqual([...new Set(used)].sort(), labels.sort())
    })

    it(`have help for ${node} that names every field of its dialog`, () => {
      const help = readFileSync(
        join(ROOT, 'nodes', node, 'locales', 'en-US', `${node}.html`),
        'utf8',
      )
      const label = catalogue(node)['label'] ?? {}
      for (const [key, text] of Object.entries(label)) {
        if (['name', 'advanced'].includes(key)) continue
        assert.ok(help.includes(text.replace(/ \(m?s\)$/, '')), text)
      }
      // The editor recognises a property only in this form, at the beginning of its line.
      for (const line of help.split('\n').filter((candidate) => /^\s*:/.test(candidate))) {
        assert.match(line, /^: [^:]+ \([^:]+\) : [^:]+$/)
      }
    })
  }
})
