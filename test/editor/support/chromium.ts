import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

/** As distributions call it. The first one has no window to draw, and needs a fifth less time. */
const COMMANDS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']

/** One browser that connects only to the editor. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the browser that this machine has; environment variable CHROMIUM names another. */
export async function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), args: FLAGS })
}

function executable(): string {
  const named = process.env['CHROMIUM']
  if (named) return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command)))
  const found = paths.find(isExecutable)
  if (!found) throw new Error(`no browser here: install the package chromium, or set CHROMIUM`)
  return found
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
