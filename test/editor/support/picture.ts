import assert from 'node:assert/strict'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../../support/locales'
import { repositoryRoot } from '../../support/node-red/repository'

const FOLDER = join(repositoryRoot(), 'docs', 'pictures')

export interface PictureOptions {
  /** Of what is in it; it decides the file's name. */
  readonly language: Language
  /** Bytes. */
  readonly largest: number
}

/**
 * Writes a picture of the READMEs. Throws if it is too large.
 *
 * @param take writes the file
 */
export async function savePicture(
  name: string,
  { language, largest }: PictureOptions,
  take: (path: string) => Promise<unknown>,
): Promise<void> {
  const path = join(FOLDER, `${name}${language === 'en-US' ? '' : `.${language}`}.png`)
  await mkdir(FOLDER, { recursive: true })
  await take(path)
  const { size } = await stat(path)
  assert.ok(size <= largest, `${name} has ${size} bytes`)
}
