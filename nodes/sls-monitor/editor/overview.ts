import { historyPoint } from '../../../lib/monitoring/history'
import type { MonitoredConsumer, MonitoredWriter } from '../monitor-api'

/** The categories of consumers, in the order of the summary. */
export const CONSUMER_CATEGORIES = [
  'reading',
  'standby',
  'starting',
  'paused',
  'stopped',
  'warning',
  'error',
] as const
export type ConsumerCategory = (typeof CONSUMER_CATEGORIES)[number]

/** The categories of writers that the summary counts. */
export const WRITER_CATEGORIES = ['warning', 'error'] as const
export type WriterCategory = (typeof WRITER_CATEGORIES)[number] | 'fine'

/** Most nodes with which every card is open without a click. */
const MAX_OPEN = 3

/** How many nodes are in each category. A category without nodes is absent. */
type Counts<Category extends string> = ReadonlyMap<Category, number>

/** The figures of the summary above the cards. */
export interface Overview {
  readonly consumers: number
  readonly consumerCounts: Counts<ConsumerCategory>
  readonly writers: number
  readonly writerCounts: Counts<WriterCategory>
  /** Delay of the consumer that is furthest behind; null if none has a shard. */
  readonly delaySeconds: number | null
  /** Whether there are so few nodes that every card is open, without search and summary. */
  readonly isSmall: boolean
}

export function overviewOf(
  consumers: readonly MonitoredConsumer[],
  writers: readonly MonitoredWriter[],
): Overview {
  const delays = consumers.flatMap((one) => historyPoint(one, 0).delaySeconds ?? [])
  return {
    consumers: consumers.length,
    consumerCounts: countsOf(CONSUMER_CATEGORIES, consumers.map(consumerCategory)),
    writers: writers.length,
    writerCounts: countsOf(WRITER_CATEGORIES, writers.map(writerCategory)),
    delaySeconds: delays.length === 0 ? null : Math.max(...delays),
    isSmall: consumers.length + writers.length <= MAX_OPEN,
  }
}

function countsOf<Category extends string>(
  order: readonly Category[],
  found: readonly Category[],
): Counts<Category> {
  const counts = order.map((one) => [one, found.filter((other) => other === one).length] as const)
  return new Map(counts.filter(([, count]) => count > 0))
}

export function consumerCategory(consumer: MonitoredConsumer): ConsumerCategory {
  const { state, status, code, isPaused, shards } = consumer
  if (status.fill === 'red') return 'error'
  // A node that sends records again has no code in the first minute.
  if (code !== null || isYellowDot(status)) return 'warning'
  if (state === 'stopped' || state === 'stopping') return 'stopped'
  if (state !== 'consuming') return 'starting'
  if (isPaused) return 'paused'
  return shards.length === 0 ? 'standby' : 'reading'
}

export function writerCategory({ status, code }: MonitoredWriter): WriterCategory {
  if (status.fill === 'red') return 'error'
  return code !== null || isYellowDot(status) ? 'warning' : 'fine'
}

/** Whether the status warns; while a node connects or joins, it is a yellow ring. */
function isYellowDot({ fill, shape }: MonitoredConsumer['status']): boolean {
  return fill === 'yellow' && shape === 'dot'
}

/** Whether the user should look at a node of this category. */
export function needsAttention(category: ConsumerCategory | WriterCategory): boolean {
  return category === 'error' || category === 'warning'
}

/**
 * Whether a node fits what the user searches for: each word is a part of its name, project, logstores or group,
 * in upper or lower case.
 */
export function fitsSearch(node: MonitoredConsumer | MonitoredWriter, search: string): boolean {
  const { name, project, logstore } = node
  const more = 'group' in node ? [node.group] : node.logstores.map((one) => one.logstore)
  const texts = [name, project, logstore, ...more].map((one) => one.toLowerCase())
  const words = search.toLowerCase().split(/\s+/)
  return words.every((word) => texts.some((one) => one.includes(word)))
}

/** Whether a card is open: the user decides, and until then the condition of its node. */
export class CardOpening {
  #chosen: { readonly isOpen: boolean; readonly neededAttention: boolean } | null = null
  #needsAttention = false
  #isSmall = false

  get isOpen(): boolean {
    return this.#chosen?.isOpen ?? (this.#isSmall || this.#needsAttention)
  }

  /** The user opens or closes the card. */
  toggle(): void {
    this.#chosen = { isOpen: !this.isOpen, neededAttention: this.#needsAttention }
  }

  /** A card that the user closed on an error opens on the next one. */
  update(needsAttention: boolean, isSmall: boolean): void {
    this.#needsAttention = needsAttention
    this.#isSmall = isSmall
    const chosen = this.#chosen
    if (chosen?.neededAttention && !chosen.isOpen && !needsAttention) this.#chosen = null
  }
}
