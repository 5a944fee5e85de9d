import type { NodeAPI } from 'node-red'
import { translator, type Translate } from '../../../lib/translate'

/** The catalogue that has the errors and problems of all nodes. */
const SHARED = 'node-red-contrib-sls-kafka/sls-kafka-in:'

/**
 * Finds the texts of a node in the language of the runtime. `RED._` alone looks only into the catalogue of the node
 * that calls it, so keys of `sls-kafka-in` get the name of their catalogue.
 */
export function runtimeTexts(RED: NodeAPI): Translate {
  return translator((key, values) =>
    RED._(key.startsWith('sls-kafka-in.') ? SHARED + key : key, { ...values }),
  )
}
