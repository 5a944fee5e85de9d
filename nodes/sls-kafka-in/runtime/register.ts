import { hostname } from 'node:os'
import type { Node, NodeAPI, NodeDef } from 'node-red'
import { guardedClock, systemClock, type Clock } from '../../../lib/clock'
import { LogConsumer } from '../../../lib/consumer/log-consumer'
import { snapshotOfConfigError } from '../../../lib/consumer/snapshot'
import { CommandExecutor } from '../../../lib/consumer/command-executor'
import { guarded, type OnError, SlsKafkaError } from '../../../lib/errors'
import { newClientId } from '../../../lib/kafka/client-id'
import { GroupConsumer } from '../../../lib/kafka/group-consumer'
import type { Logger } from '../../../lib/logger'
import {
  compileConsumerOptions,
  type ConsumerOptions,
  type ConsumerSettings,
} from '../../../lib/config/consumer-options'
import { textOf } from '../../../lib/config/fields'
import { migrate } from '../../../lib/config/migrate'
import type { Problem } from '../../../lib/config/problem'
import type { Compiled } from '../../../lib/config/project-options'
import { reportOf } from '../../../lib/monitoring/report'
import { statusOf, type NodeStatus } from '../../../lib/monitoring/status'
import { escapeControls } from '../../../lib/text'
import { containedErrorLogger } from '../../shared/runtime/contained-errors'
import { guard } from '../../shared/runtime/guard'
import { configError } from '../../shared/runtime/node-error'
import type { SlsProjectNode } from '../../shared/runtime/project-node'
import { logError, offerToCatch } from '../../shared/runtime/report-error'
import { translator } from '../../../lib/translate'
import { onceFlowsStarted } from '../../shared/runtime/flows-started'
import { addAdminRoutes } from './admin-routes'
import { checkOnDeploys } from './deploy-checks'
import { registerConsumer } from '../../shared/runtime/consumers'
import { remoteControl } from '../../shared/runtime/remote-control'
import { Reporter } from './reporter'
import { watchRestarts } from './restart-watch'
import { StatusLine } from '../../shared/runtime/status-line'

interface SlsKafkaInDef extends NodeDef {
  project: string
  logstore: unknown
  group: unknown
}

/** A clock that contains exceptions, and the handler of the contained exceptions. */
interface Containment {
  readonly clock: Clock
  readonly onContained: OnError
}

/** Exports the host name to the editor for the proposed group. A setting `slsKafkaInHost` takes precedence. */
const SETTINGS = { settings: { slsKafkaInHost: { value: hostname(), exportable: true } } }

export default function registerSlsKafkaIn(RED: NodeAPI): void {
  const translate = translator((key, values) => RED._(key, { ...values }))

  function SlsKafkaIn(this: Node, config: SlsKafkaInDef): void {
    RED.nodes.createNode(this, config)
    const onContained = containedErrorLogger(this, translate)
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
    { clock, onContained }: Containment,
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
    onceFlowsStarted(RED, node, report)
    registerConsumer(node, clock, {
      control: () => Promise.reject(error),
      source: { project: '', logstore, group },
      status: () => statusOf(snapshot),
      report: () => reportOf(snapshot),
      lastError: () => new SlsKafkaError(code),
      problems,
    })
  }

  function compile(config: SlsKafkaInDef): Compiled<ConsumerOptions> {
    const project = RED.nodes.getNode(config.project) as SlsProjectNode | null
    // Null if the node is disabled or deleted. A hand-written flow can name a node of another type.
    if (project?.type !== 'sls-project') {
      return { problems: [{ field: 'project-node', reason: 'node-missing' }] }
    }
    if ('problems' in project.compiled) return project.compiled
    // A flow of an older version can be deployed without opening its nodes.
    const settings = migrate(config as unknown as ConsumerSettings)
    return compileConsumerOptions(settings, project.compiled.options)
  }

  function run(
    node: Node,
    options: ConsumerOptions,
    config: SlsKafkaInDef,
    { clock, onContained }: Containment,
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
        node.send(message)
      },
      sendDeadLetter: (message, error, isLogged) => {
        node.send([null, reporter.deadLetter(message, error, isLogged)])
      },
      onRecordError: reporter.reportRecordError,
      onContained,
      onWarning: reporter.warn,
      onFailure: reporter.reportFailure,
      onRecovered: reporter.logRecovery,
      onStarted: reporter.logStarted,
      onJoined: reporter.logJoined,
      onStopped: reporter.logStopped,
    })
    const { logPaused: onPaused, logResumed: onResumed } = reporter
    const executor = new CommandExecutor(consumer, options, { onPaused, onResumed })
    checkOnDeploys(RED, node, config, options, reporter, onContained)
    if (options.ack) {
      watchRestarts(
        RED,
        node,
        guarded(onContained, async () => {
          const records = await consumer.flowRestarted()
          if (records > 0) reporter.logResent(records)
        }),
      )
    }
    const inFlightText = (count: number): string =>
      translate('sls-kafka-in.figures.in-flight', { count })
    const status = (): NodeStatus => statusOf(consumer.snapshot(), inFlightText)
    const statusLine = new StatusLine(node, clock, status)
    registerConsumer(node, clock, {
      control: remoteControl(consumer, executor, translate),
      source: {
        project: options.project.project,
        logstore: options.logstore,
        group: options.group,
      },
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
}

function loggerOf(node: Node): Logger {
  return {
    debug: (message) => {
      node.debug(escapeControls(message))
    },
    trace: (message) => {
      node.trace(escapeControls(message))
    },
  }
}
