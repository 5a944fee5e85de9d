import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { repositoryRoot } from './repository'

/** The parts of package.json that say what the package must hold. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly 'node-red': Readonly<Record<'nodes' | 'plugins', Readonly<Record<string, string>>>>
}

/** A packed package, as `npm pack` reports it. */
export interface NpmPackage {
  /** File name of the archive. */
  readonly filename: string
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

const LANGUAGES = ['en-US', 'zh-CN']

/**
 * Everything that may be in the package. Source maps are not: with their sources they were half of the
 * installed bytes (1.3 of 2.6 MB), and the compiled files keep names and comments. The build still writes
 * them, because c8 reports the coverage of the sources.
 */
const ALLOWED = [
  /^(package\.json|LICENSE|README(\.[\w-]+)?\.md)$/,
  /^dist\/lib\/[\w/-]+\.js$/,
  /^dist\/lib\/doctor\/locales\/[\w-]+\.json$/,
  /^dist\/nodes\/[\w-]+\/[\w-]+\.(js|html)$/,
  /^dist\/nodes\/[\w-]+\/(runtime|icons|locales)\/[\w/-]+\.(js|html|json|svg)$/,
  /^examples\/(dashboard\/)?[^/]+\.json$/,
]

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(repositoryRoot(), 'package.json'), 'utf8')) as Manifest
}

/** Packs this package into a folder. `npm pack` builds before, unless that is left out. */
export async function packInto(
  folder: string,
  { builds = true }: { readonly builds?: boolean } = {},
): Promise<NpmPackage> {
  const args = ['pack', '--json', '--pack-destination', folder]
  const { stdout } = await promisify(execFile)(
    'npm',
    builds ? args : [...args, '--ignore-scripts'],
    { cwd: repositoryRoot() },
  )
  // What the build prints comes before the report.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as NpmPackage[]
  if (!packed) throw new Error('npm pack has packed nothing')
  return packed
}

/** Lists files that must not be in the package, and files that are missing. @param paths files of the package */
export function contentProblems(manifest: Manifest, paths: readonly string[]): string[] {
  return [
    ...paths
      .filter((path) => !ALLOWED.some((pattern) => pattern.test(path)))
      .map((path) => `${path} must not be in the package`),
    ...requiredFiles(manifest)
      .filter((path) => !paths.includes(path))
      .map((path) => `${path} is missing`),
    ...(paths.some((path) => path.startsWith('examples/')) ? [] : ['examples are missing']),
  ]
}

function requiredFiles(manifest: Manifest): string[] {
  const { nodes, plugins } = manifest['node-red']
  return [
    ...['LICENSE', 'README.md', 'dist/nodes/sls-kafka-in/icons/sls-kafka.svg'],
    ...Object.values(manifest.bin),
    ...LANGUAGES.map((language) => `dist/lib/doctor/locales/${language}.json`),
    ...Object.entries({ ...nodes, ...plugins }).flatMap(([name, program]) => [
      program,
      program.replace(/js$/, 'html'),
      ...LANGUAGES.map((language) => `dist/nodes/${name}/locales/${language}/${name}.json`),
    ]),
    // A plugin has no help.
    ...Object.keys(nodes).flatMap((name) =>
      LANGUAGES.map((language) => `dist/nodes/${name}/locales/${language}/${name}.html`),
    ),
  ]
}
