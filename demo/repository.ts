import { join } from 'node:path'

/** The root of the repository, seen from `dist/demo`. */
export const REPOSITORY = join(__dirname, '..', '..')
