// Runs the editor suite in a real browser: all of it on Node-RED 5, the way to the first record on the
// Node-RED that is the dev dependency too. Arguments go to mocha.
import { installNodeRed5, mocha } from './node-red-5.mjs'

const given = process.argv.slice(2)
mocha(['--config', 'test/editor/.mocharc.json', ...given], installNodeRed5())
if (given.length === 0) {
  mocha(['--no-config', '--timeout', '120000', 'dist/test/editor/first-record.test.js'])
}
