/** Where an order stands in the logstore; orders of a shard are numbered 0, 1, 2, ... as written. */
export interface OrderPlace {
  readonly shard: number
  readonly index: number
}

/** The number contains the place of an order, and so shows which orders precede it. */
export function orderNumber({ shard, index }: OrderPlace): string {
  return `SO${shard}-${String(index).padStart(6, '0')}`
}

/** Undefined if there can be no order of that number. */
export function placeOf(number: string): OrderPlace | undefined {
  const [, shard, index] = /^SO(\d{1,3})-(\d{6,12})$/.exec(number) ?? []
  return shard === undefined ? undefined : { shard: Number(shard), index: Number(index) }
}
