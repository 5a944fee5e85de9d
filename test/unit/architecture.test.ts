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

/** What runs in Node-RED or as a command; not what runs in the browser. */
function filesBelow(folders: readonly string[]): string[] {
  return folders.flatMap(sourcesBelow).filter((name) => !name.endsWith('.editor.ts'))
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
  'lib/bounded.ts: ',
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
  'plugins/sls-monitor/sls-monitor.editor.ts: const time = timeText(this.#shownAt || Date.now())',
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

  it('keeps lib free of Node-RED and of the nodes', () => {
    assert.deepEqual(
      offenders('lib', /^(node-red|nodes\/|plugins\/|cli\/|emulator\/|demo\/|test\/)/),
      [],
    )
  })

  it('lets the command use lib alone', () => {
    assert.ok(importsBelow('cli').length > 20)
    assert.deepEqual(offenders('cli', /^(?!node:|lib\/|cli\/)/), [])
  })

  it('loads kafkajs in one file', () => {
    const loading = filesBelow(['lib', 'nodes', 'plugins', 'cli'])
      .flatMap((file) => linesOf(file, /['"`]kafkajs['"`/]/))
      .map((line) => line.slice(0, line.indexOf(': ')))
    assert.deepEqual([...new Set(loading)], ['lib/kafka/protocol.ts'])
  })

  it('patches no classes and hooks into no module loader', () => {
    const patching = /prototype\[|\.prototype\.\w+ =|node:vm|require\.cache|Module\._/
    assert.deepEqual(
      filesBelow(['lib', 'nodes', 'plugins', 'cli']).flatMap((file) => linesOf(file, patching)),
      [],
    )
  })

  it('lets arrows run one way: consumer, delivery, then kafka and sls', () => {
    assert.deepEqual(
      offenders('lib/delivery', /^lib\/(consumer|monitoring|kafka\/(?!source$|peek$))/),
      [],
    )
    assert.deepEqual(offenders('lib/kafka', /^lib\/(delivery|sls|consumer|monitoring)\//), [])
    assert.deepEqual(
      offenders('lib/sls', /^lib\/(delivery|kafka|consumer|config|monitoring)\//),
      [],
    )
  })

  it('adds routes in one place, where who may ask is checked', () => {
    const adding = ['nodes', 'plugins']
      .flatMap((folder) => sourcesBelow(folder))
      .filter((name) => readFileSync(join(ROOT, name), 'utf8').includes('.httpAdmin'))
    assert.deepEqual(adding, ['nodes/common/admin-route.ts'])
  })

  it('sets no timer whose action could end the process', () => {
    const timers = filesBelow(['lib', 'nodes', 'plugins', 'cli']).flatMap((file) =>
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
    const files = ['lib', 'nodes', 'plugins', 'cli'].flatMap(sourcesBelow)
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
    assert.deepEqual(filesBelow(['lib', 'nodes', 'plugins', 'cli']).flatMap(spreadsInCalls), [])
  })

  it('keeps the local endpoint independent of what it is there to test', () => {
    assert.deepEqual(offenders('emulator', /^(kafkajs|lib\/|nodes\/|test\/|demo\/)/), [])
  })
})
