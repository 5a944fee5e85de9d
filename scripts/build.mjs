// Builds everything into dist/: tsc for the runtime, one esbuild bundle per node for its edit dialog
// (inlined into the node's html, as Node-RED expects), and the files that are neither.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

await rm('dist', { recursive: true, force: true })
compile()
await copyAssets('nodes')
await copyAssets('cli')
await copyChinese()
await inlineEditorBundles()

function compile() {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js')
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' })
}

async function copyAssets(folder) {
  await cp(folder, join('dist', folder), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  })
}

// Of LANG=zh_CN.UTF-8 Node-RED takes `zh`, and then never looks into zh-CN.
async function copyChinese() {
  for (const name of await nodeNames()) {
    const chinese = join('dist', 'nodes', name, 'locales', 'zh-CN')
    // A node that is not translated yet is a matter for the tests.
    if (existsSync(chinese)) await cp(chinese, join(chinese, '..', 'zh'), { recursive: true })
  }
}

async function inlineEditorBundles() {
  for (const name of await nodeNames()) {
    const html = join('dist', 'nodes', name, `${name}.html`)
    const result = await build({
      entryPoints: [join('nodes', name, `${name}.editor.ts`)],
      bundle: true,
      format: 'iife',
      target: 'es2020',
      charset: 'utf8',
      write: false,
    })
    const script = `<script type="text/javascript">\n${result.outputFiles[0].text}</script>\n`
    await mkdir(dirname(html), { recursive: true })
    await writeFile(html, script + (await readFile(html, 'utf8')))
  }
}

async function nodeNames() {
  const { 'node-red': nodeRed } = JSON.parse(await readFile('package.json', 'utf8'))
  return Object.keys(nodeRed.nodes)
}
