import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { packInto, readManifest, type Manifest } from '../../tools/shared/npm-package'
import { nodeRedFile } from '../support/node-red-modules'
import { endedAfterAll } from '../support/suite'

/** What the flow library reads of a node: properties that are literals in the call of `registerType`. */
type NodeDefinition = Readonly<Record<string, ts.Expression>>

/** Properties that the flow library shows, and reads only if the value is a literal. */
const LITERALS = ['category', 'color', 'icon', 'inputs', 'outputs']

/**
 * The flow library rates a package by a scorecard of node-red-dev, which reads the packed html.
 * https://github.com/node-red/node-red-dev-cli/tree/main/docs has the rules N01 and N02.
 */
describe("the flow library's scorecard of the package", () => {
  const resources = endedAfterAll()
  const definitions = new Map<string, NodeDefinition>()
  let folder: string
  let manifest: Manifest

  before(async () => {
    const work = mkdtempSync(join(tmpdir(), 'scorecard-'))
    resources.onEnd(() => rm(work, { recursive: true }))
    // A build would remove the compiled tests while they run.
    const { filename } = await packInto(work, { builds: false })
    execFileSync('tar', ['-xzf', join(work, filename), '-C', work])
    folder = join(work, 'package')
    manifest = await readManifest()
    for (const program of Object.values(manifest['node-red'].nodes)) {
      const html = readFileSync(join(folder, program.replace(/js$/, 'html')), 'utf8')
      for (const [type, definition] of definitionsIn(html)) {
        assert.ok(!definitions.has(type), `${type} is registered twice`)
        definitions.set(type, definition)
      }
    }
  })

  it('finds each node under its name in package.json (N01)', () => {
    assert.deepEqual([...definitions.keys()], Object.keys(manifest['node-red'].nodes))
  })

  it('finds no name that a node of Node-RED has (N01)', () => {
    const core = coreTypes()
    assert.ok(core.includes('mqtt in'))
    assert.deepEqual(
      [...definitions.keys()].filter((type) => core.includes(type)),
      [],
    )
  })

  it('can read the properties of each node, because they are inline (N01)', () => {
    for (const [type, definition] of definitions) {
      const { defaults } = definition
      assert.ok(defaults && ts.isObjectLiteralExpression(defaults), `defaults of ${type}`)
      assert.ok(defaults.properties.length > 0, `defaults of ${type}`)
      const { credentials } = definition
      if (credentials)
        assert.ok(ts.isObjectLiteralExpression(credentials), `credentials of ${type}`)
      for (const name of LITERALS) {
        const value = definition[name]
        assert.ok(!value || ts.isLiteralExpression(value), `${name} of ${type}`)
      }
    }
  })

  it('finds an example of each node that is not a config node (N02)', () => {
    const used = new Set(exampleTypes(join(folder, 'examples')))
    const flowNodes = [...definitions].filter(
      ([, { category }]) => literalOf(category) !== 'config',
    )
    assert.equal(flowNodes.length, definitions.size - 1)
    assert.deepEqual(
      flowNodes.map(([type]) => type).filter((type) => !used.has(type)),
      [],
    )
  })
})

/** Reads the calls of `registerType` as node-red-dev does: the type and the definition are literals. */
function definitionsIn(html: string): [string, NodeDefinition][] {
  const scripts = html.matchAll(/<script.+?type=['"]text\/javascript['"].*?>([^]*?)<\/script>/gi)
  const found: [string, NodeDefinition][] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isRegisterType(node.expression)) {
      const [type, definition] = node.arguments
      assert.ok(type && ts.isStringLiteral(type), 'the type is a literal')
      assert.ok(
        definition && ts.isObjectLiteralExpression(definition),
        'the definition is a literal',
      )
      found.push([type.text, propertiesOf(definition)])
    }
    ts.forEachChild(node, visit)
  }
  for (const [, script = ''] of scripts) {
    visit(ts.createSourceFile('editor.js', script, ts.ScriptTarget.Latest))
  }
  return found
}

function isRegisterType(called: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(called) && called.name.text === 'registerType'
}

/** Methods have no value that the flow library would read. */
function propertiesOf(definition: ts.ObjectLiteralExpression): NodeDefinition {
  return Object.fromEntries(
    definition.properties
      .filter(ts.isPropertyAssignment)
      .map(({ name, initializer }) => [ts.isIdentifier(name) ? name.text : '', initializer]),
  )
}

function literalOf(value: ts.Expression | undefined): string | undefined {
  return value && ts.isStringLiteral(value) ? value.text : undefined
}

/** Types of the nodes that come with Node-RED. */
function coreTypes(): string[] {
  const folder = dirname(nodeRedFile('@node-red/nodes/package.json'))
  return filesBelow(folder, '.html').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/registerType\(\s*['"]([^'"]+)['"]/g)].map(
      ([, type = '']) => type,
    ),
  )
}

function exampleTypes(folder: string): string[] {
  return filesBelow(folder, '.json').flatMap((path) =>
    (JSON.parse(readFileSync(path, 'utf8')) as { type: string }[]).map(({ type }) => type),
  )
}

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name))
}
