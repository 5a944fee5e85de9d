// Runs the editor suite in a real browser: all of it on Node-RED 5, the way to the first record on the
// Node-RED that is the dev dependency too. With --no-pictures it takes none of the pictures, which are
// there to be looked at and test nothing. Other arguments go to mocha.
import { installNodeRed5, mocha } from './node-red-5.mjs'

const NO_PICTURES = '--no-pictures'

const given = process.argv.slice(2)
const forMocha = given.flatMap((argument) =>
  argument === NO_PICTURES ? ['--grep', '^pictures', '--invert'] : [argument],
)
mocha(['--config', 'test/editor/.mocharc.json', ...forMocha], installNodeRed5())
if (given.every((argument) => argument === NO_PICTURES)) {
  mocha(['--no-config', '--timeout', '120000', 'dist/test/editor/first-record.test.js'])
}
