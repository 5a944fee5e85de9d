// Retakes the pictures of the READMEs in a real browser on Node-RED 5, into docs/pictures.
import { spawnSync } from 'node:child_process'
import { installNodeRed5, mocha } from './node-red-5.mjs'

const { stdout } = spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' })
if (!stdout) {
  console.error(
    'the Chinese pictures need a font, for example that of the Debian package fonts-noto-cjk',
  )
  process.exit(1)
}
const pictures = 'dist/test/editor/pictures/*.test.js'
mocha(['--no-config', '--timeout', '120000', pictures], installNodeRed5())
