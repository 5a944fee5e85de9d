import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { compileFunction } from 'node:vm'

/** Replaces the exports of one module right after its first evaluation, before an importer sees them. */
export type Rewrite = (exports: unknown, load: (file: string) => unknown) => unknown

interface PrivateModule {
  exports: unknown
}

/**
 * A CommonJS package evaluated a second time, in a module map of its own. Another package in the same
 * process that depends on it keeps its copy untouched. Deleting and restoring entries of
 * `require.cache` would not do: kafkajs requires its protocol versions lazily, long after loading.
 */
export class PrivateModules {
  readonly #root: string
  readonly #rewrites: Readonly<Record<string, Rewrite>>
  readonly #modules = new Map<string, PrivateModule>()

  /**
   * @param packageJson path of the package's package.json
   * @param rewrites by file name below the package's folder, with forward slashes
   */
  constructor(packageJson: string, rewrites: Readonly<Record<string, Rewrite>>) {
    this.#root = dirname(packageJson) + sep
    this.#rewrites = rewrites
  }

  /** @param file name below the package's folder */
  load(file: string): unknown {
    return this.#evaluate(join(this.#root, file))
  }

  #evaluate(filename: string): unknown {
    const known = this.#modules.get(filename)
    if (known) return known.exports
    const module: PrivateModule = { exports: {} }
    // Known before it is evaluated: in a cycle of imports the others see it unfinished, as in Node.
    this.#modules.set(filename, module)
    try {
      this.#run(filename, module)
      const rewrite = this.#rewrites[relative(this.#root, filename).split(sep).join('/')]
      if (rewrite) module.exports = rewrite(module.exports, (file) => this.load(file))
      return module.exports
    } catch (error) {
      this.#modules.delete(filename)
      throw error
    }
  }

  #run(filename: string, module: PrivateModule): void {
    const text = readFileSync(filename, 'utf8')
    if (filename.endsWith('.json')) {
      module.exports = JSON.parse(text)
      return
    }
    const realRequire = createRequire(filename)
    const privateRequire = (request: string): unknown => {
      const target = realRequire.resolve(request)
      return target.startsWith(this.#root) ? this.#evaluate(target) : realRequire(request)
    }
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname']
    const wrapper = compileFunction(text, parameters, { filename }) as (...args: unknown[]) => void
    wrapper.call(
      module.exports,
      module.exports,
      privateRequire,
      module,
      filename,
      dirname(filename),
    )
  }
}
