import { itInFull } from '../../../integrity/support/full'

itInFull('three', () => Promise.resolve())
