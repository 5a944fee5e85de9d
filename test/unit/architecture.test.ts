import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const ROOT = join(__dirname, '..', '..', '..')

interface Import {
  readonly from: string
  /** A path from the root, or the name of a package. */
  readonly to: string
}

/** Paths from the root. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function importsBelow(folder: string): Import[] {
  return sourcesBelow(folder).flatMap((name) => {
    const text = readFileSync(join(ROOT, name), 'utf8')
    return [...text.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'/gm)].map(
      ([, target = '']) => ({
        from: name,
        to: target.startsWith('.') ? join(dirname(name), target) : target,
      }),
    )
  })
}

/** All sources that run in Node-RED or as a command, and not in the browser. */
function shippedFiles(): string[] {
  return ['lib', 'nodes'].flatMap(sourcesBelow).filter((name) => !isOfEditor(name))
}

function isOfEditor(name: string): boolean {
  return /^nodes\/[\w-]+\/editor\//.test(name)
}

/** Lines that match, with the name of the file before each. */
function linesOf(file: string, pattern: RegExp): string[] {
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
  return lines.filter((line) => pattern.test(line)).map((line) => `${file}: ${line.trim()}`)
}

/** Calls with `...list`, except of what the function around them was called with itself. */
function spreadsInCalls(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && node.arguments) {
      const spread = node.arguments.filter(ts.isSpreadElement)
      if (!spread.every(({ expression }) => isRestParameter(expression))) {
        found.push(`${file}: ${node.getText()}`)
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isRestParameter(expression: ts.Expression): boolean {
  const name = expression.getText()
  const around = ts.findAncestor(
    expression,
    (node) =>
      ts.isFunctionLike(node) &&
      node.parameters.some(
        (parameter) => parameter.dotDotDotToken && parameter.name.getText() === name,
      ),
  )
  return around !== undefined
}

/** Timers of which the action throws nothing, as it is guarded or only settles a promise. */
const HARMLESS_TIMERS = [
  'lib/clock.ts: ',
  'lib/async.ts: ',
  'lib/kafka/event-loop.ts: await ',
  'setTimeout(resolve, ',
  'setTimeout(() => socket.destroy(), ',
]

/** Where the wall clock is read without an injected Clock, and why. */
const WALL_CLOCK_READERS = [
  // The one place that reads it for all others.
  'lib/clock.ts: now: () => Date.now(),',
  // A default for dialogs too: runs in browsers, and takes nothing of Node.js.
  'lib/config/time.ts: export function hereAndNow(now: number = Date.now()): HereAndNow {',
  // Shows a time of the browser in a notice.
  'nodes/sls-monitor/editor/index.ts: const time = timeText(this.#latest.at || Date.now())',
]

/** The Kafka client reads the clock in places of its own. */
const isOfClient = (file: string): boolean => file.startsWith('lib/kafka/')

function offenders(folder: string, forbidden: RegExp): string[] {
  return importsBelow(folder)
    .filter(({ to }) => forbidden.test(to))
    .map(({ from, to }) => `${from} -> ${to}`)
}

describe('architecture', () => {
  it('sees the imports at all', () => {
    assert.ok(importsBelow('lib').length > 50)
  })

  it('keeps lib free of everything but kafkajs and modules of Node.js', () => {
    assert.deepEqual(offenders('lib', /^(?!node:|lib\/|kafkajs)/), [])
  })

  it('lets nothing of lib depend on the doctor', () => {
    const others = offenders('lib', /^lib\/doctor\//).filter(
      (line) => !line.startsWith('lib/doctor/'),
    )
    assert.deepEqual([...others, ...offenders('nodes', /^lib\/doctor\//)], [])
  })

  it('keeps what ships independent of tools and tests', () => {
    assert.deepEqual(offenders('nodes', /^(tools|test)\//), [])
  })

  it('keeps tools independent of tests', () => {
    assert.ok(importsBelow('tools').length > 200)
    assert.deepEqual(offenders('tools', /^test\//), [])
  })

  it('separates the browser side of a node from its runtime side', () => {
    const nodes = importsBelow('nodes')
    const wrong = nodes.filter(({ from, to }) =>
      isOfEditor(from) ? /\/runtime\/|^node:|^node-red$/.test(to) : isOfEditor(`${to}.ts`),
    )
    assert.ok(nodes.some(({ from }) => isOfEditor(from)))
    assert.deepEqual(wrong, [])
  })

  it('lets nodes share code through nodes/shared alone', () => {
    const folderOf = (path: string): string => path.split('/')[1] ?? ''
    const wrong = importsBelow('nodes').filter(
      ({ from, to }) =>
        to.startsWith('nodes/') && ![folderOf(from), 'shared'].includes(folderOf(to)),
    )
    assert.deepEqual(wrong, [])
  })

  it('loads kafkajs in one file', () => {
    const loading = shippedFiles()
      .flatMap((file) => linesOf(file, /['"`]kafkajs['"`/]/))
      .map((line) => line.slice(0, line.indexOf(': ')))
    assert.deepEqual([...new Set(loading)], ['lib/kafka/protocol.ts'])
  })

  it('patches no classes and hooks into no module loader', () => {
    const patching = /prototype\[|\.prototype\.\w+ =|node:vm|require\.cache|Module\._/
    assert.deepEqual(
      shippedFiles().flatMap((file) => linesOf(file, patching)),
      [],
    )
  })

  it('lets arrows run one way: consumer, delivery, then kafka and sls', () => {
    assert.deepEqual(
      offenders(
        'lib/delivery',
        /^lib\/(consumer|monitoring|writer|kafka\/(?!log-source$|latest-records$))/,
      ),
      [],
    )
    assert.deepEqual(
      offenders('lib/kafka', /^lib\/(delivery|sls|consumer|monitoring|writer)\//),
      [],
    )
    assert.deepEqual(
      offenders('lib/sls', /^lib\/(delivery|kafka|consumer|config|monitoring|writer)\//),
      [],
    )
  })

  it('keeps the writer and the consumer independent of each other', () => {
    assert.ok(importsBelow('lib/writer').length > 20)
    assert.deepEqual(offenders('lib/writer', /^lib\/(consumer|monitoring|delivery)\//), [])
    assert.deepEqual(offenders('lib/consumer', /^lib\/writer\//), [])
    assert.deepEqual(offenders('lib/config', /^lib\/(writer|kafka)\//), [])
  })

  it('adds routes in one place, where who may ask is checked', () => {
    const adding = sourcesBelow('nodes').filter((name) =>
      readFileSync(join(ROOT, name), 'utf8').includes('.httpAdmin'),
    )
    assert.deepEqual(adding, ['nodes/shared/runtime/admin-route.ts'])
  })

  it('sets no timer whose action could end the process', () => {
    const timers = shippedFiles().flatMap((file) =>
      linesOf(file, /\bset(Timeout|Interval|Immediate)\(/),
    )
    const isHarmless = (line: string): boolean =>
      HARMLESS_TIMERS.some((harmless) => line.includes(harmless))
    assert.deepEqual(
      timers.filter((line) => !isHarmless(line)),
      [],
    )
  })

  it('reads the clocks of the machine in one place', () => {
    const files = ['lib', 'nodes'].flatMap(sourcesBelow)
    const linesWith = (pattern: RegExp): string[] =>
      files.filter((file) => !isOfClient(file)).flatMap((file) => linesOf(file, pattern))
    assert.deepEqual(
      linesWith(/\bDate\.now\b|\bnew Date\(\s*\)|\bnew Date\b(?!\s*\()|\bDate\(\)/).sort(),
      WALL_CLOCK_READERS,
    )
    assert.deepEqual(linesWith(/\bperformance\.|\bhrtime\b|\bprocess\.uptime\b/), [
      'lib/clock.ts: monotonic: () => performance.now(),',
    ])
  })

  it('hands no list over as arguments: a long one exceeds the stack', () => {
    assert.deepEqual(shippedFiles().flatMap(spreadsInCalls), [])
  })

  it('keeps the emulator independent of the code that it tests', () => {
    assert.ok(importsBelow('tools/emulator').length > 50)
    assert.deepEqual(
      offenders(
        'tools/emulator',
        /^(?!node:|tools\/emulator\/|tools\/shared\/command-line$|selfsigned$)/,
      ),
      [],
    )
    const shared = offenders('tools/shared', /^(?!node:)/)
    assert.deepEqual(
      shared.filter((line) => line.startsWith('tools/shared/command-line.ts ')),
      [],
    )
  })
})
