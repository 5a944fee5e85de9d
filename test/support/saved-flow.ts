import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FlowNode } from '../../tools/shared/node-red'
import { repositoryRoot } from '../../tools/shared/repository'

/** What 0.1.0 saved: every node type with every setting. One `sls-kafka-in` has no `version`. */
export function savedFlow(): FlowNode[] {
  const path = join(repositoryRoot(), 'test', 'fixtures', 'flow-0.1.0.json')
  return JSON.parse(readFileSync(path, 'utf8')) as FlowNode[]
}

/** The variable that names the group of one of the nodes, and its value. */
export const GROUP_VARIABLE = { ORDER_GROUP: 'nodered-batches' }
