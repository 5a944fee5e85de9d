import { hostname } from 'node:os'
import type { Node, NodeAPI, NodeDef } from 'node-red'
import { guardedClock, systemClock, type Clock } from '../../lib/clock'
import { LogConsumer } from '../../lib/consumer/log-consumer'
import { snapshotOfConfigError } from '../../lib/consumer/snapshot'
import { Steering } from '../../lib/consumer/steering'
import { guarded, type OnError } from '../../lib/guarded'
import { newClientId } from '../../lib/kafka/incarnation'
import { GroupConsumer } from '../../lib/kafka/group-consumer'
import { SlsKafkaError } from '../../lib/errors'
import type { Logger } from '../../lib/logger'
import {
  compileConsumerOptions,
  type ConsumerOptions,
  type ConsumerSettings,
} from '../../lib/config/consumer-options'
import { textOf } from '../../lib/config/fields'
import { migrate } from '../../lib/config/migrate'
import type { Problem } from '../../lib/config/problem'
import type { Compiled } from '../../lib/config/project-options'
import { reportOf } from '../../lib/monitoring/report'
import { statusOf, type NodeStatus } from '../../lib/monitoring/status'
import { visible } from '../../lib/visible'
import { noteContained } from '../common/contained'
import { guard } from '../common/guard'
import { configError } from '../common/node-error'
import type { SlsProjectNode } from '../common/project-node'
import { logError, offerToCatch } from '../common/report-error'
import { translator } from '../common/translate'
import { whenStarted } from '../common/when-started'
import { addAdminRoutes } from './admin'
import { checkEachDeploy } from './deploy-checks'
import { addHealthRoutes } from './health'
import { nextMessageId } from './message-id'
import { registerReader } from './readers'
import { remoteControl } from './remote-control'
import { Reporter } from './reporter'
import { watchRestarts } from './restart-watch'
import { StatusLine } from './status-line'

interface SlsKafkaInDef extends NodeDef {
  project: string
  logstore: unknown
  group: unknown
}

/** Contains the exceptions in timers and listeners of a node. */
interface Contained {
  readonly clock: Clock
  readonly onContained: OnError
}

/** For the group that the dialog proposes; a setting of the same name says something else. */
const SETTINGS = { settings: { slsKafkaInHost: { value: hostname(), exportable: true } } }

export default function registerSlsKafkaIn(RED: NodeAPI): void {
  const translate = translator((key, values) => RED._(key, { ...values }))

  function SlsKafkaIn(this: Node, config: SlsKafkaInDef): void {
    RED.nodes.createNode(this, config)
    const onContained = noteContained(this, translate)
    const clock = guardedClock(systemClock, onContained)
    const compiled = compile(config)
    if ('problems' in compiled) {
      refuse(this, compiled.problems, config, { clock, onContained })
      return
    }
    run(this, compiled.options, config, { clock, onContained })
  }

  function refuse(
    node: Node,
    problems: readonly Problem[],
    config: SlsKafkaInDef,
    { clock, onContained }: Contained,
  ): void {
    const error = configError(problems, translate)
    const { code, message } = error
    const snapshot = snapshotOfConfigError({ code, at: clock.now(), message })
    const [logstore, group] = [textOf(config.logstore), textOf(config.group)]
    const report = guarded(onContained, () => {
      node.status(statusOf(snapshot))
      logError(node, error)
      offerToCatch(node, error, { topic: logstore, kafka: { group } })
    })
    whenStarted(RED, node, report)
    registerReader(node, clock, {
      control: () => Promise.reject(error),
      reads: { project: '', logstore, group },
      status: () => statusOf(snapshot),
      report: () => reportOf(snapshot),
      lastError: () => new SlsKafkaError(code),
      problems,
    })
  }

  function compile(config: SlsKafkaInDef): Compiled<ConsumerOptions> {
    const project = RED.nodes.getNode(config.project) as SlsProjectNode | null
    // None of a node that is disabled or deleted; a flow written by hand may name one of another type.
    if (project?.type !== 'sls-project') {
      return { problems: [{ field: 'project-node', reason: 'node-missing' }] }
    }
    if ('problems' in project.compiled) return project.compiled
    // A flow of an older version may be deployed without its nodes having been opened.
    const settings = migrate(config as unknown as ConsumerSettings)
    return compileConsumerOptions(settings, project.compiled.options)
  }

  function run(
    node: Node,
    options: ConsumerOptions,
    config: SlsKafkaInDef,
    { clock, onContained }: Contained,
  ): void {
    const reporter = new Reporter(node, options, translate)
    const consumer = new LogConsumer(options, {
      clock,
      createSource: (listener) =>
        new GroupConsumer(
          { consumer: options, clientId: newClientId(node.id), logger: loggerOf(node) },
          listener,
        ),
      send: (message) => {
        message._msgid ??= nextMessageId()
        node.send(message)
      },
      sendDeadLetter: (message, error, isLogged) => {
        node.send([null, reporter.deadLetter(message, error, isLogged)])
      },
      onRecordError: reporter.recordError,
      onContained,
      onWarning: reporter.warning,
      onFailure: reporter.failure,
      onRecovered: reporter.recovered,
      onStarted: reporter.started,
      onJoined: reporter.joined,
      onStopped: reporter.stopped,
    })
    const { paused: onPaused, resumed: onResumed } = reporter
    const steering = new Steering(consumer, options, { onPaused, onResumed })
    checkEachDeploy(RED, node, config, options, reporter, onContained)
    if (options.ack) {
      watchRestarts(
        RED,
        node,
        guarded(onContained, async () => {
          const records = await consumer.flowRestarted()
          if (records > 0) reporter.sentAgain(records)
        }),
      )
    }
    const inFlightText = (count: number): string =>
      translate('sls-kafka-in.figures.in-flight', { count })
    const status = (): NodeStatus => statusOf(consumer.snapshot(), inFlightText)
    const statusLine = new StatusLine(node, clock, status)
    registerReader(node, clock, {
      control: remoteControl(consumer, steering, translate),
      reads: { project: options.project.project, logstore: options.logstore, group: options.group },
      status,
      report: () => reportOf(consumer.snapshot()),
      lastError: () => consumer.lastError,
      problems: [],
    })
    if (options.autoStart) consumer.start()
    node.on('close', (_removed: boolean, done: () => void) => {
      const endStatus = guarded(onContained, () => {
        statusLine.end()
      })
      guard(node, consumer.close().finally(endStatus), done)
    })
  }

  RED.nodes.registerType('sls-kafka-in', SlsKafkaIn, SETTINGS)
  addAdminRoutes(RED)
  addHealthRoutes(RED)
}

function loggerOf(node: Node): Logger {
  return {
    debug: (message) => {
      node.debug(visible(message))
    },
    trace: (message) => {
      node.trace(visible(message))
    },
  }
}
