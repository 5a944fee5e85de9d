// Retakes the pictures of the READMEs in a real browser on Node-RED 5, into docs/pictures.
import { installNodeRed5, mocha } from './node-red-5.mjs'

const pictures = 'dist/test/editor/pictures/*.test.js'
mocha(['--no-config', '--timeout', '120000', pictures], installNodeRed5())
