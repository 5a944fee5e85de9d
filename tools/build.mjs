// Builds everything into dist/: tsc for the runtime, one esbuild bundle per node or plugin for the
// editor (inlined into its html, as Node-RED expects), and the files that are neither. What was built
// from the same files is left as it is: most commands of package.json build first.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

/** Tells from which files dist/ was built. */
const STAMP = join('dist', 'built-from.txt')

const sources = await listSources()
if (sources !== (await readFile(STAMP, 'utf8').catch(() => null))) {
  await rm('dist', { recursive: true, force: true })
  compile()
  await copyAssets('nodes')
  await copyAssets('lib')
  await copyChinese()
  await inlineEditorBundles()
  await writeFile(STAMP, sources)
}

/** A line for each file that is built from, with its size and the time of its last change. */
async function listSources() {
  const { include } = JSON.parse(await readFile('tsconfig.json', 'utf8'))
  const below = await Promise.all(
    include.map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
    ),
  )
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'tools/build.mjs']
  const lines = [...files, ...below.flat()].sort().map(async (path) => {
    const { size, mtimeMs } = await stat(path)
    return `${path} ${size} ${mtimeMs}\n`
  })
  return (await Promise.all(lines)).join('')
}

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

// For LANG=zh_CN.UTF-8, Node-RED reads only `zh`, so zh-CN is copied there.
async function copyChinese() {
  for (const folder of await editorFolders()) {
    const chinese = join('dist', folder, 'locales', 'zh-CN')
    // A node that is not translated yet is a matter for the tests.
    if (existsSync(chinese)) await cp(chinese, join(chinese, '..', 'zh'), { recursive: true })
  }
}

async function inlineEditorBundles() {
  for (const folder of await editorFolders()) {
    const file = join(folder, basename(folder))
    const html = join('dist', `${file}.html`)
    const result = await build({
      entryPoints: [join(folder, 'editor', 'index.ts')],
      bundle: true,
      format: 'iife',
      target: 'es2020',
      charset: 'utf8',
      metafile: true,
      write: false,
    })
    const { head, style } = await fromLibraries(Object.keys(result.metafile.inputs))
    const script = `<script type="text/javascript">\n${head}${result.outputFiles[0].text}</script>\n`
    await mkdir(dirname(html), { recursive: true })
    await writeFile(html, script + style + (await readFile(html, 'utf8')))
  }
}

// A library that is bundled keeps its licence, and brings its style.
async function fromLibraries(inputs) {
  if (!inputs.some((path) => path.includes('node_modules/uplot/'))) return { head: '', style: '' }
  const folder = dirname(createRequire(import.meta.url).resolve('uplot/package.json'))
  const licence = await readFile(join(folder, 'LICENSE'), 'utf8')
  const style = await readFile(join(folder, 'dist', 'uPlot.min.css'), 'utf8')
  return {
    head: `/* uPlot\n\n${licence.trim()}\n*/\n`,
    style: `<style>\n${style.trim()}\n</style>\n`,
  }
}

/** The folders of the nodes and plugins. */
async function editorFolders() {
  const { 'node-red': nodeRed } = JSON.parse(await readFile('package.json', 'utf8'))
  return Object.keys({ ...nodeRed.nodes, ...nodeRed.plugins }).map((name) => join('nodes', name))
}
