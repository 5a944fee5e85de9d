import { readFileSync } from 'node:fs'
import { systemClock } from '../lib/clock'
import { LogConsumer } from '../lib/consumer/log-consumer'
import type { Message } from '../lib/consumer/message'
import { KafkajsSource } from '../lib/kafka/kafkajs-source'
import { compileConsumerOptions, type ConsumerOptions } from '../lib/options/consumer-options'
import { compileProjectOptions, type Compiled } from '../lib/options/project-options'
import type { Client, RunRequest } from './protocol'

/** This package's consumer without Node-RED: everything from the socket to the message. */
export function ours(emit: 'record' | 'batch'): Client {
  let consumer: LogConsumer | null = null
  return {
    start(request, onRecords) {
      const options = optionsFor(request, emit)
      consumer = new LogConsumer(options, {
        clock: systemClock,
        createSource: (listener) =>
          new KafkajsSource(
            { consumer: options, clientId: request.group, logger: SILENT },
            listener,
          ),
        send: (message: Message) => {
          onRecords('records' in message ? message.payload.length : 1)
        },
        sendDeadLetter: ignore,
        onRecordError: fail,
        onUnanswered: fail,
        onFailure: fail,
        onRecovered: ignore,
        onJoined: ignore,
      })
      consumer.start()
      return Promise.resolve()
    },
    async stop() {
      await consumer?.close()
    },
  }
}

function optionsFor(request: RunRequest, emit: string): ConsumerOptions {
  const project = valid(
    compileProjectOptions(
      { ...request, endpoint: '', port: '', bootstrap: `localhost:${request.port}` },
      { ca: readFileSync(request.caFile, 'utf8') },
      {},
    ),
  )
  const settings = {
    ...request,
    emit,
    startFrom: 'earliest',
    format: 'text',
    batchSize: 1000,
    batchWait: 10,
  }
  return valid(compileConsumerOptions(settings, project))
}

function valid<T>(compiled: Compiled<T>): T {
  if ('options' in compiled) return compiled.options
  throw new Error(JSON.stringify(compiled.problems))
}

function fail(error: Error): never {
  throw error
}

function ignore(): void {
  // A benchmark run is told nothing.
}

const SILENT = { debug: ignore, trace: ignore }
