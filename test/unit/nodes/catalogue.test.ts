import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_CODES } from '../../../lib/errors'
import { ON_EXHAUSTED } from '../../../lib/config/choices'
import { RULES } from '../../../lib/config/consumer-options'
import { PROBLEM_REASONS } from '../../../lib/config/problem'
import { NETWORK_REASONS } from '../../../lib/sls/network-reason'
import { PROBE_STEPS } from '../../../lib/sls/probe-steps'
import { STATUS_TEXTS } from '../../../lib/monitoring/status'
import { REFUSALS } from '../../../nodes/common/admin-answers'

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

  it('have a text for records in flight that starts with their number, as a status has to', () => {
    assert.match(texts['figures']?.['in-flight'] ?? '', /^__count__/)
  })

  it('have a text for every problem of a setting', () => {
    assert.deepEqual(Object.keys(texts['problems'] ?? {}).sort(), [...PROBLEM_REASONS].sort())
  })

  it('have a text for what any field of a dialog can be wrong with', () => {
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
    for (const field of Object.keys(RULES)) assert.ok(texts['fields']?.[field], field)
  })

  it('have a text for every way in which a record can be given up', () => {
    assert.deepEqual(Object.keys(texts['outcomes'] ?? {}).sort(), [...ON_EXHAUSTED].sort())
  })

  it('have a text for all that a connection test can answer', () => {
    const { steps = {}, reasons = {}, refusals = {} } = catalogue('sls-project')
    assert.deepEqual(Object.keys(steps), [...PROBE_STEPS])
    assert.deepEqual(Object.keys(reasons), [...NETWORK_REASONS])
    assert.deepEqual(Object.keys(refusals), [...REFUSALS])
  })

  for (const node of ['sls-kafka-in', 'sls-kafka-ack', 'sls-kafka-control', 'sls-project']) {
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
        /\.(label|hint|placeholder|start-from|format|emit|commit|on-exhausted|action)\./.test(key),
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
