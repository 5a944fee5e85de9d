// Runs the runtime suite on Node-RED 5 with Node.js 24.
import { installNodeRed5, mocha } from './node-red-5.mjs'

mocha(['--config', 'test/runtime/.mocharc.json'], installNodeRed5())
