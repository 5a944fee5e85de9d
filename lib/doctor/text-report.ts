import { escapeControls } from '../text'
import { wrap } from './wrap'
import {
  FINDINGS,
  type Facts,
  type FindingId,
  type Findings,
  type Report,
  type Step,
} from './report'
import type { Translate } from '../translate'

const WIDTH = 100
const MARKS: Readonly<Record<Step['result'], string>> = { ok: '✓', failed: '✗', 'not-tried': '·' }
/** Width of the column with the names of the steps. */
const STEP_COLUMN = 24
/** Width of the column with the names of the checks. */
const FINDING_COLUMN = 18
const MAX_SHARDS = 8

type Describe = { readonly [Id in FindingId]: (facts: Facts[Id], t: Sentences) => string[] }

/** Formats the report as text for a terminal, without a line break at the end. */
export function textReport(report: Report, translate: Translate): string {
  const { version, time, target, steps } = report
  const sentences = new Sentences(translate)
  const failed = steps.find(({ result }) => result === 'failed')
  return [
    translate('doctor.title', { version, time }),
    translate('doctor.target', { ...target }),
    '',
    translate('doctor.heading.steps'),
    ...steps.flatMap((step) => stepLines(step, translate)),
    '',
    ...findingLines(report.findings, sentences),
    failed
      ? translate('doctor.outcome.failed', { step: failed.id })
      : translate('doctor.outcome.ok'),
  ].join('\n')
}

function stepLines(step: Step, translate: Translate): string[] {
  const took = step.took === undefined ? '' : `${step.took} ms`
  const label = `  ${MARKS[step.result]} ${step.id.padEnd(10)} ${took.padStart(8)}`
  return columns(label, STEP_COLUMN, stepTexts(step, translate))
}

function stepTexts({ id, result, found = [], failure }: Step, translate: Translate): string[] {
  if (failure) {
    const { code, text, detail } = failure
    const isSaid = text.includes(escapeControls(detail)) || detail === code
    return [`${code}: ${text}`, ...(isSaid ? [] : [translate('doctor.steps.detail', { detail })])]
  }
  if (result === 'not-tried') return [translate('doctor.steps.not-tried')]
  if (id === 'records') {
    const count = found[0] ?? 0
    return [translate(count ? 'doctor.steps.records' : 'doctor.steps.records-none', { count })]
  }
  const list = found.join(translate('doctor.list'))
  return [translate(`doctor.steps.${id}`, { found: list })]
}

function findingLines(findings: Findings, sentences: Sentences): string[] {
  const lines = FINDINGS.flatMap((id) => {
    const texts = findingTexts(id, findings, sentences)
    return columns(`  ${id}`, FINDING_COLUMN, texts)
  })
  return lines.length === 0 ? [] : [sentences.of('doctor.heading.findings'), ...lines, '']
}

function findingTexts(id: FindingId, findings: Findings, sentences: Sentences): string[] {
  const finding = findings[id]
  // A consumer does not need the permission to see the statement, so a refusal is not reported.
  if (id === 'filter' && finding?.result !== 'found') return []
  // The compiler does not see that both have the same id.
  const describe = DESCRIBE[id] as (facts: object, sentences: Sentences) => string[]
  switch (finding?.result) {
    case undefined:
      return []
    case 'refused':
      return [sentences.of('doctor.refused', { error: finding.error })]
    case 'failed':
      return [sentences.of('doctor.failed-question', finding)]
    case 'skipped':
      return [sentences.of(`doctor.skipped.${finding.reason}`)]
    case 'found':
      return describe(finding, sentences)
  }
}

/** Finds the texts of the findings, and formats lists and durations for them. */
class Sentences {
  readonly of: Translate

  constructor(translate: Translate) {
    this.of = translate
  }

  about(key: string, values: Parameters<Translate>[1] = {}): string {
    return this.of(`doctor.findings.${key}`, values)
  }

  list(parts: readonly (string | number)[]): string {
    return parts.length === 0 ? this.of('doctor.none') : parts.join(this.of('doctor.list'))
  }

  /** Formats a duration in one unit. */
  duration(seconds: number): string {
    const units = [
      { unit: 'days', length: 86_400 },
      { unit: 'hours', length: 3_600 },
      { unit: 'minutes', length: 60 },
    ]
    // A unit is used from two on, so that rounding stays small.
    const { unit, length } = units.find((one) => seconds >= 2 * one.length) ?? SECONDS
    return this.of(`doctor.duration.${unit}`, { count: Math.floor(seconds / length) })
  }
}

const SECONDS = { unit: 'seconds', length: 1 }

const DESCRIBE: Describe = {
  'api-versions': ({ apis }, t) => {
    const ours = apis.filter(({ name }) => name !== null)
    const list = t.list(ours.map(({ name, min, max }) => `${name} ${min}–${max}`))
    return [t.about('api-versions', { list, others: apis.length - ours.length })]
  },

  writing: ({ offered, version }, t) => {
    if (offered === null) return [t.about('writing-none')]
    const key = version === null ? 'writing-unusable' : 'writing'
    return [t.about(key, { ...offered, version: version ?? '' })]
  },

  brokers: ({ nodes, domain, strangers }, t) => {
    const list = t.list(nodes.map(({ id, host, port }) => `${id} = ${host}:${port}`))
    const where =
      domain === null
        ? ''
        : strangers.length === 0
          ? t.about('brokers-in', { domain })
          : t.about('brokers-strange', { domain, strangers: t.list(strangers) })
    return [t.about('brokers', { list }) + where]
  },

  shards: ({ shards }, t) => {
    const lines = shards
      .slice(0, MAX_SHARDS)
      .map(({ shard, earliest, end, error }) =>
        error === null
          ? t.about('shards-one', { shard, earliest: earliest ?? '?', end: end ?? '?' })
          : t.about('shards-refused', { shard, error }),
      )
    const count = shards.length - lines.length
    return count > 0 ? [...lines, t.about('shards-more', { count })] : lines
  },

  'record-format': ({ formats, codecs }, t) => [
    t.about('record-format', { formats: t.list(formats), codecs: t.list(codecs) }),
  ],

  'record-shape': (shape, t) => [
    t.about('record-shape', { ...shape, ownFields: t.list(shape.ownFields) }),
  ],

  offsets: ({ isAbove2to53, ...rest }, t) => [
    t.about(rest.gaps === 0 ? 'offsets-even' : 'offsets', rest) +
      t.about(isAbove2to53 ? 'offsets-above' : 'offsets-below'),
  ],

  timestamps: ({ unit, newest, ageSeconds }, t) => {
    const duration = t.duration(Math.abs(ageSeconds))
    const age = t.about(ageSeconds < 0 ? 'future' : 'past', { duration })
    return [t.about('timestamps', { unit: t.about(`unit.${unit}`), newest, age })]
  },

  'offsets-by-time': ({ asked, shard, offset, isExact, earlierBy, afterTheLast }, t) => {
    const exact = t.about(`exact.${isExact}`)
    const earlier = earlierBy ? t.about('earlier', { milliseconds: earlierBy }) : ''
    const answer =
      offset === null
        ? t.about('offsets-by-time-none', { asked, shard })
        : t.about('offsets-by-time', { asked, shard, offset, exact }) + earlier
    return [answer + t.about(`after.${afterTheLast}`)]
  },

  'expired-offset': ({ shard, offset, answer }, t) => [
    t.about('expired-offset', { shard, offset, answer: answer ?? t.about('expired-read') }),
  ],

  'long-poll': ({ asked, took, isHonoured }, t) => [
    t.about('long-poll', {
      asked,
      took,
      honoured: t.about(`honoured.${isHonoured ? 'yes' : 'no'}`),
    }),
  ],

  'made-up-project': ({ name, isResolved }, t) => [
    t.about(isResolved ? 'resolved' : 'not-resolved', { name }),
  ],

  'list-logstores': ({ count, isOursAmongThem }, t) => [
    t.about('list-logstores', { count, among: t.about(`among.${isOursAmongThem ? 'yes' : 'no'}`) }),
  ],

  'list-groups': ({ count }, t) => [t.about('list-groups', { count })],

  groups: ({ groups, others, left }, t) => [
    ...groups.map(({ state, ...group }) =>
      t.about('groups-one', { ...group, state: state ?? t.about('undescribed') }),
    ),
    ...(groups.length === 0 ? [t.about('groups-none')] : []),
    ...(others > 0 ? [t.about('groups-others', { others })] : []),
    ...(left > 0 ? [t.about('groups-left', { left })] : []),
  ],

  group: ({ group, state, error, clientIds, committed }, t) => [
    error === null
      ? t.about('group', {
          group,
          state: state ?? t.about('undescribed'),
          clientIds: t.list(clientIds),
        })
      : t.about('group-refused', { group, error }),
    ...(committed.length === 0 ? [t.about('group-uncommitted')] : []),
    ...committed.map(({ shard, offset, behind, error: refusal }) => {
      const age = behind === null ? null : { duration: t.duration(Math.max(0, behind)) }
      const next = refusal ?? (age ? t.about('committed-next', age) : t.about('committed-end'))
      return t.about('committed', { shard, offset, next })
    }),
  ],

  filter: ({ query }, t) => (query === null ? [] : [t.about('filter', { query })]),
}

/** Formats texts as lines in a column beside a label. */
function columns(label: string, width: number, texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => wrap(text, WIDTH - width))
    .map((line, index) => (index === 0 ? label : '').padEnd(width) + line)
}
