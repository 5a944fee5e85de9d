import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadKafkaJS, privateKafkaJS } from '../../../../lib/kafka/hardening/private-kafkajs'
import { PrivateModules } from '../../../../lib/kafka/hardening/private-modules'

const KAFKAJS = require.resolve('kafkajs/package.json')

interface Sample {
  name: string
  lazy: () => { late: string }
}

describe('kafka/hardening/private-modules', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'private-modules-'))
    mkdirSync(join(folder, 'src'))
    writeFileSync(join(folder, 'package.json'), '{"name":"sample","version":"1.0.0"}')
    writeFileSync(
      join(folder, 'index.js'),
      "const { name } = require('./src/name'); module.exports = { name, lazy: () => require('./src/late') }",
    )
    writeFileSync(join(folder, 'src/name.js'), "module.exports = { name: 'stock' }")
    writeFileSync(join(folder, 'src/late.js'), "module.exports = { late: 'stock' }")
  })

  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('rewrites a module before its importers see it, also one that is required late', () => {
    const modules = new PrivateModules(join(folder, 'package.json'), {
      'src/name.js': () => ({ name: 'private' }),
      'src/late.js': () => ({ late: 'private' }),
    })
    const sample = modules.load('index.js') as Sample
    assert.equal(sample.name, 'private')
    assert.deepEqual(sample.lazy(), { late: 'private' })
  })

  it('leaves the copy of everybody else as it is', () => {
    const load = createRequire(join(folder, 'package.json'))
    const before = load('./index.js') as Sample
    new PrivateModules(join(folder, 'package.json'), {
      'src/name.js': () => ({ name: 'private' }),
      'src/late.js': () => ({ late: 'private' }),
    }).load('index.js')
    assert.equal(before.name, 'stock')
    assert.deepEqual(before.lazy(), { late: 'stock' })
  })

  it('gives our kafkajs and that of another package different classes', () => {
    const shared = createRequire(KAFKAJS)('./index.js') as { Kafka: unknown }
    assert.notEqual(privateKafkaJS().kafkajs.Kafka, shared.Kafka)
    assert.equal(privateKafkaJS(), privateKafkaJS())
  })

  it('refuses another version of kafkajs with what to do', () => {
    writeFileSync(join(folder, 'package.json'), '{"name":"kafkajs","version":"2.3.0"}')
    assert.throws(
      () => loadKafkaJS(join(folder, 'package.json'), []),
      /needs kafkajs 2\.2\.4 but found 2\.3\.0/,
    )
  })

  it('refuses to start without the module that a fix is for, with what to do', () => {
    const fix = { file: 'src/no/such/file.js', rewrite: (exports: unknown) => exports }
    assert.throws(
      () => loadKafkaJS(KAFKAJS, [fix]),
      /not as published: .*no\/such\/file.*; .*npm install kafkajs@2\.2\.4/,
    )
  })

  it('refuses to start without a method that a fix extends, with what to do', () => {
    const file = 'src/consumer/consumerGroup.js'
    const fix = { file, methods: ['fetch', 'pull'], rewrite: (exports: unknown) => exports }
    assert.throws(
      () => loadKafkaJS(KAFKAJS, [fix]),
      /not as published: src\/consumer\/consumerGroup\.js has no pull; .*npm install/,
    )
  })

  for (const order of ['stock-first', 'ours-first'] as const) {
    it(`leaves what another package uses as published, loaded ${order}`, () => {
      const script = join(__dirname, 'two-copies.js')
      const seen = execFileSync(process.execPath, [script, order], { encoding: 'utf8' })
      assert.deepEqual(JSON.parse(seen), {
        stock: {
          classes: [
            'Connection',
            'RequestQueue',
            'BrokerPool',
            'Cluster',
            'Batch',
            'ConsumerGroup',
            'OffsetManager',
          ],
          snappy: 'KafkaJSNotImplemented',
          failingShard: 'KAFKA_STORAGE_ERROR',
        },
        ours: { cluster: 'TellingCluster' },
      })
    })
  }
})
