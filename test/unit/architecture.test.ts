import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

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

  it('lets only lib/kafka import kafkajs', () => {
    const outside = offenders('lib', /^kafkajs/).filter((line) => !line.startsWith('lib/kafka/'))
    assert.deepEqual([...outside, ...offenders('nodes', /^kafkajs/)], [])
  })

  it('keeps delivery, kafka and sls apart, below the consumer', () => {
    assert.deepEqual(offenders('lib/delivery', /^lib\/(kafka|sls|consumer)\//), [])
    assert.deepEqual(offenders('lib/kafka', /^lib\/(delivery|sls|consumer)\//), [])
    assert.deepEqual(offenders('lib/sls', /^lib\/(delivery|kafka|consumer|options)\//), [])
  })

  it('adds routes in one place, where who may ask is checked', () => {
    const adding = ['nodes', 'plugins']
      .flatMap((folder) => sourcesBelow(folder))
      .filter((name) => readFileSync(join(ROOT, name), 'utf8').includes('.httpAdmin'))
    assert.deepEqual(adding, ['nodes/common/admin-route.ts'])
  })

  it('keeps the local endpoint independent of what it is there to test', () => {
    assert.deepEqual(offenders('emulator', /^(kafkajs|lib\/|nodes\/|test\/|demo\/)/), [])
  })
})
