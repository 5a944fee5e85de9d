// Runs the tests of `npm test` with another Node.js: `npm run test:node -- 26`. Other arguments go to mocha.
import { install, mocha, nodeIn } from './installed.mjs'

const [version = '', ...forMocha] = process.argv.slice(2)
if (!/^\d+(\.\d+){0,2}$/.test(version)) {
  console.error('which Node.js? npm run test:node -- 26')
  process.exit(1)
}
const binary = nodeIn(install(`node-${version}`, { node: `^${version}` }))
mocha(forMocha, {}, binary)
