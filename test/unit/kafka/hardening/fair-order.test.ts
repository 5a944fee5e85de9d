import assert from 'node:assert/strict'
import { rewrite } from '../../../../lib/kafka/hardening/fair-order'

interface Group {
  fetch(nodeId: string): Promise<unknown[]>
  filterPartitionsByNode(nodeId: string, topics: object[]): { partitions: number[] }[]
}

/** Brings records of certain shards. */
class StockGroup {
  served: readonly number[] = []

  fetch(): Promise<object[]> {
    const batches = [0, 1, 2, 3].map((partition) => ({
      ...{ topic: 't', partition },
      rawMessages: this.served.includes(partition) ? [{}] : [],
    }))
    return Promise.resolve(batches)
  }

  filterPartitionsByNode(): object[] {
    return [{ topic: 't', partitions: [0, 1, 2, 3] }]
  }
}

const FairGroup = rewrite(StockGroup) as new () => Group & StockGroup

describe('kafka/hardening/fair-order', () => {
  let group: Group & StockGroup

  beforeEach(() => {
    group = new FairGroup()
  })

  async function orderAfter(...served: number[]): Promise<number[] | undefined> {
    group.served = served
    await group.fetch('1')
    return group.filterPartitionsByNode('1', [])[0]?.partitions
  }

  it('asks first for the shards that the last response had no room for', async () => {
    assert.deepEqual(await orderAfter(0, 1), [2, 3, 0, 1])
    assert.deepEqual(await orderAfter(2), [3, 0, 1, 2])
    assert.deepEqual(await orderAfter(3, 0), [1, 2, 0, 3])
  })

  it('leaves the order as it is where nothing comes', async () => {
    assert.deepEqual(await orderAfter(), [0, 1, 2, 3])
  })
})
