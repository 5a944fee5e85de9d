import assert from 'node:assert/strict'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../../support/locales'
import type { Theme } from './editor'
import { repositoryRoot } from '../../../tools/shared/repository'

const FOLDER = join(repositoryRoot(), 'docs', 'pictures')

export interface PictureOptions {
  /** Of the editor; it is a part of the file's name. */
  readonly language: Language
  /** A page shows the dark picture to readers with a dark theme. */
  readonly theme: Theme
  /** Bytes. */
  readonly largest: number
}

/** Every picture is taken in each of these. */
export const LOOKS = [
  { language: 'en-US', theme: 'light' },
  { language: 'en-US', theme: 'dark' },
  { language: 'zh-CN', theme: 'light' },
  { language: 'zh-CN', theme: 'dark' },
] as const

/**
 * Writes a picture of the READMEs. Throws if it is too large.
 *
 * @param take writes the file
 */
export async function savePicture(
  name: string,
  { language, theme, largest }: PictureOptions,
  take: (path: string) => Promise<unknown>,
): Promise<void> {
  const parts = [
    name,
    ...(language === 'en-US' ? [] : [language]),
    ...(theme === 'light' ? [] : [theme]),
  ]
  const path = join(FOLDER, `${parts.join('.')}.png`)
  await mkdir(FOLDER, { recursive: true })
  await take(path)
  const { size } = await stat(path)
  assert.ok(size <= largest, `${name} has ${size} bytes`)
}
