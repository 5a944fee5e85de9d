import type { Case } from '../case'
import { JSON_1K, JSON_200, TEXT_1K, TEXT_200 } from '../measure/logs'
import { batch, tls } from './batch'
import { eventLoop } from './event-loop'
import { farLink } from './far-link'
import { idle } from './idle'
import { latency } from './latency'
import { memory } from './memory'
import { monitor } from './monitor'
import { nodes } from './nodes'
import { onAck } from './on-ack'
import { onAckBatch } from './on-ack-batch'
import { onAckFarLink } from './on-ack-far-link'
import { onAckShards } from './on-ack-shards'
import { otherClients } from './other-clients'
import { otherNodes } from './other-nodes'
import { record } from './record'
import { shards } from './shards'
import { writing } from './write'

/** In the order of the table. */
export const CASES: readonly Case[] = [
  record('record-200', TEXT_200, { kind: 'quick', least: 1.2 }),
  record('record-1k', TEXT_1K, { kind: 'usual', least: 1.05 }),
  batch('batch-200', { shape: TEXT_200, records: 600_000, kind: 'quick', least: 1.7 }),
  batch('batch-1k', { shape: TEXT_1K, records: 400_000, kind: 'usual', least: 1.45 }),
  batch('json-200', { shape: JSON_200, records: 400_000, kind: 'usual', least: 1.35 }),
  batch('json-1k', { shape: JSON_1K, records: 500_000, kind: 'usual', least: 1.3 }),
  tls('tls-200', { shape: TEXT_200, records: 600_000, kind: 'usual', least: 0.32 }),
  tls('tls-1k', { shape: TEXT_1K, records: 400_000, kind: 'usual', least: 0.63 }),
  onAck('ack-200', TEXT_200, 100_000, 'quick'),
  onAck('ack-1k', TEXT_1K, 100_000, 'usual'),
  onAckBatch,
  onAckShards,
  onAckFarLink,
  shards,
  nodes,
  latency,
  farLink(30, 3.5),
  farLink(100, 4),
  idle,
  memory,
  eventLoop,
  monitor,
  ...writing,
  ...otherNodes,
  ...otherClients,
]
