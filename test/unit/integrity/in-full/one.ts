import { itInFull } from '../../../integrity/support/full'

itInFull('one', () => Promise.resolve())
