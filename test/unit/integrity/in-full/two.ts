import { itInFull } from '../../../integrity/support/full'

itInFull('two', () => Promise.resolve())
