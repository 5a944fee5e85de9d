import { readFileSync } from 'node:fs'
import { systemClock } from '../lib/clock'
import { LogConsumer } from '../lib/consumer/log-consumer'
import type { Message } from '../lib/consumer/message'
import { answer } from '../lib/consumer/registry'
import { parseToken } from '../lib/delivery/token'
import { KafkajsSource } from '../lib/kafka/kafkajs-source'
import {
  compileConsumerOptions,
  type ConsumerOptions,
  type ConsumerSettings,
} from '../lib/options/consumer-options'
import { compileProjectOptions, type Compiled } from '../lib/options/project-options'
import type { Client, RunRequest } from './protocol'

/** This package's consumer without Node-RED: everything from the socket to the message. */
export function ours(settings: ConsumerSettings): Client {
  let consumer: LogConsumer | null = null
  return {
    start(request, onRecords) {
      const options = optionsFor(request, settings)
      consumer = new LogConsumer(options, {
        clock: systemClock,
        createSource: (listener) =>
          new KafkajsSource(
            { consumer: options, clientId: request.group, logger: SILENT },
            listener,
          ),
        send: (message: Message) => {
          onRecords('records' in message ? message.payload.length : 1)
          if (options.ack) acknowledgeSoon(message)
        },
        sendDeadLetter: ignore,
        onRecordError: fail,
        onUnanswered: fail,
        onFailure: fail,
        onRecovered: ignore,
        onStarted: ignore,
        onJoined: ignore,
        onStopped: ignore,
      })
      consumer.start()
      return Promise.resolve()
    },
    async stop() {
      await consumer?.close()
    },
  }
}

function optionsFor(request: RunRequest, settings: ConsumerSettings): ConsumerOptions {
  const project = valid(
    compileProjectOptions(
      { ...request, endpoint: '', port: '', bootstrap: `localhost:${request.port}` },
      { ca: readFileSync(request.caFile, 'utf8') },
      {},
    ),
  )
  const complete = { ...request, startFrom: 'earliest', format: 'text', ...settings }
  return valid(compileConsumerOptions(complete, project))
}

/** As a flow of one node does that is done at once. */
function acknowledgeSoon({ kafka }: Message): void {
  const token = parseToken(kafka.token ?? '')
  setImmediate(() => {
    if (token) answer([token], { verdict: 'ack', parts: null })
  })
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
