import type { Case } from '../case'
import { JSON_1K, JSON_200, TEXT_1K, TEXT_200 } from '../measure/logs'
import { batch } from './batch'
import { eventLoop } from './event-loop'
import { farLink } from './far-link'
import { idle } from './idle'
import { latency } from './latency'
import { memory } from './memory'
import { monitor } from './monitor'
import { nodes } from './nodes'
import { onAck } from './on-ack'
import { otherClients } from './other-clients'
import { otherNodes } from './other-nodes'
import { record } from './record'
import { shards } from './shards'

/** In the order of the table. */
export const CASES: readonly Case[] = [
  record('record-200', TEXT_200, 200_000, 'quick'),
  record('record-1k', TEXT_1K, 200_000, 'usual'),
  batch('batch-200', TEXT_200, 600_000, 'quick'),
  batch('batch-1k', TEXT_1K, 400_000, 'usual'),
  batch('json-200', JSON_200, 400_000, 'usual'),
  batch('json-1k', JSON_1K, 500_000, 'usual'),
  onAck('ack-200', TEXT_200, 100_000, 'quick'),
  onAck('ack-1k', TEXT_1K, 100_000, 'usual'),
  shards,
  nodes,
  latency,
  farLink,
  idle,
  memory,
  eventLoop,
  monitor,
  ...otherNodes,
  ...otherClients,
]
