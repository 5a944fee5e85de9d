import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { containErrors } from '../../../lib/kafka/contained-errors'

describe('kafka/contained-errors', () => {
  const broken = (event: string) => (): never => {
    throw new Error(`a bug in ${event}`)
  }

  for (const event of ['data', 'timeout', 'end', 'connect']) {
    it(`ends the connection with what a listener of ${event} throws`, async () => {
      const told: unknown[] = []
      const socket = new Socket()
      containErrors(socket, (error) => told.push(error))
      socket.on(event, broken(event))
      const failed = once(socket, 'error')
      socket.emit(event)
      const [error] = (await failed) as [Error]
      assert.equal(error.message, `a bug in ${event}`)
      assert.deepEqual([socket.destroyed, told], [true, []])
    })
  }

  for (const event of ['error', 'close']) {
    it(`tells what a listener of ${event} throws, when the connection has ended`, async () => {
      const told = await new Promise((resolve) => {
        const socket = new Socket()
        containErrors(socket, resolve)
        if (event === 'close') socket.on('error', () => undefined)
        socket.on(event, broken(event))
        socket.destroy(new Error('reset'))
      })
      assert.equal(String(told), `Error: a bug in ${event}`)
    })
  }
})
