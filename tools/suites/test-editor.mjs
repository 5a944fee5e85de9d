// Runs the editor suite in a real browser: all of it on Node-RED 5, what users meet first on the Node-RED
// that is the dev dependency too. With --no-pictures it takes none of the pictures, which are
// there to be looked at and test nothing. Other arguments go to mocha.
import { installNodeRed5, mocha } from './node-red-5.mjs'

const NO_PICTURES = '--no-pictures'
const WITHOUT_PICTURES = ['--grep', '^pictures', '--invert']

/** The way to the first record, acknowledging a flow, shared groups, and the monitor. */
const MAIN = ['first-record', 'acknowledge-flow', 'shared-group', 'monitor-overview'].map(
  (name) => `dist/test/editor/${name}.test.js`,
)

const given = process.argv.slice(2)
const forMocha = given.flatMap((argument) =>
  argument === NO_PICTURES ? WITHOUT_PICTURES : [argument],
)
mocha(['--config', 'test/editor/.mocharc.json', ...forMocha], installNodeRed5())
if (given.every((argument) => argument === NO_PICTURES)) {
  const options = ['--no-config', '--parallel', '--jobs', '2', '--timeout', '240000']
  mocha([...options, ...WITHOUT_PICTURES, ...MAIN])
}
