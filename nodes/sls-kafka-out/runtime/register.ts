import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red'
import { guardedClock, systemClock } from '../../../lib/clock'
import { textOf } from '../../../lib/config/fields'
import type { Problem } from '../../../lib/config/problem'
import type { Compiled } from '../../../lib/config/project-options'
import { compileWriterOptions, type WriterOptions } from '../../../lib/config/writer-options'
import { guarded, toError, SlsKafkaError } from '../../../lib/errors'
import { newClientId } from '../../../lib/kafka/client-id'
import { writerReportOf, type WriterReport } from '../../../lib/monitoring/writer-report'
import { invalidWriterStatus, writerStatusOf } from '../../../lib/monitoring/writer-status'
import { LogWriter } from '../../../lib/writer/log-writer'
import { LogWriters } from '../../../lib/writer/log-writers'
import { containedErrorLogger } from '../../shared/runtime/contained-errors'
import type { ConsumerNode } from '../../shared/runtime/consumers'
import { onceFlowsStarted } from '../../shared/runtime/flows-started'
import { guard } from '../../shared/runtime/guard'
import { configError } from '../../shared/runtime/node-error'
import type { SlsProjectNode } from '../../shared/runtime/project-node'
import { logError, offerToCatch } from '../../shared/runtime/report-error'
import { runtimeTexts } from '../../shared/runtime/runtime-texts'
import { StatusLine } from '../../shared/runtime/status-line'
import { writerControl } from '../../shared/runtime/remote-control'
import { registerWriter, type WriterError } from '../../shared/runtime/writers'
import { addAdminRoutes } from './admin-routes'
import { warnOfLoop } from './loop-check'
import { readSources, type MessageSources } from './message-sources'
import { WriterReporter } from './reporter'
import { countOf, writeMessage } from './write-message'

/** The settings as Node-RED passes them; a hand-written flow can lack any of them. */
export interface SlsKafkaOutDef extends NodeDef {
  readonly project: string
  readonly logstore?: unknown
  readonly logstoreType?: unknown
  readonly time?: unknown
  readonly timeType?: unknown
}

export default function registerSlsKafkaOut(RED: NodeAPI): void {
  const translate = runtimeTexts(RED)

  function SlsKafkaOut(this: Node, config: SlsKafkaOutDef): void {
    RED.nodes.createNode(this, config)
    const sources = readSources(RED, this, config)
    if ('problems' in sources) {
      refuse(this, sources.problems, config)
      return
    }
    // A logstore that comes from messages is checked with each of them; all other settings are checked now.
    const checked = compile(config, sources.fixedLogstore ?? 'any')
    if ('problems' in checked) refuse(this, checked.problems, config)
    else run(this, sources, config, checked.options)
  }

  function compile(config: SlsKafkaOutDef, logstore: string): Compiled<WriterOptions> {
    const project = RED.nodes.getNode(config.project) as SlsProjectNode | null
    // Null if the node is disabled or deleted. A hand-written flow can name a node of another type.
    if (project?.type !== 'sls-project') {
      return { problems: [{ field: 'project-node', reason: 'node-missing' }] }
    }
    if ('problems' in project.compiled) return project.compiled
    return compileWriterOptions({ ...config, logstore }, project.compiled.options)
  }

  /** A node with wrong settings refuses each message, so that its flow learns that nothing is written. */
  function refuse(node: Node, problems: readonly Problem[], config: SlsKafkaOutDef): void {
    const onContained = containedErrorLogger(node, translate)
    const clock = guardedClock(systemClock, onContained)
    const error = configError(problems, translate)
    const { code, message } = error
    const at = clock.now()
    const status = invalidWriterStatus({ code, at, message })
    const logstore = textOf(config.logstore)
    const report = guarded(onContained, () => {
      node.status(status)
      logError(node, error)
      offerToCatch(node, error, { topic: logstore })
    })
    onceFlowsStarted(RED, node, report)
    let failed = 0
    node.on('input', (message, _send, done) => {
      failed += countOf(message)
      done(error)
    })
    registerWriter(node, {
      control: () => Promise.reject(error),
      project: '',
      logstore,
      status: () => status,
      report: () => ({
        ...writerReportOf([]),
        ...{ state: status.state, code, lastError: status.lastError },
        ...{ failed, errors: failed > 0 ? { [code]: failed } : {} },
      }),
      lastError: () => ({ error: new SlsKafkaError(code), at, problems }),
    })
  }

  function run(
    node: Node,
    sources: MessageSources,
    config: SlsKafkaOutDef,
    { project }: WriterOptions,
  ): void {
    const onContained = containedErrorLogger(node, translate)
    const clock = guardedClock(systemClock, onContained)
    let lastError: WriterError | null = null
    const keep = (error: SlsKafkaError, problems: readonly Problem[] = []): void => {
      lastError = { error, at: clock.now(), problems }
    }
    const writers = new LogWriters({
      clock,
      kept: sources.fixedLogstore,
      compile: (logstore) => compile(config, logstore),
      create: (options) => {
        const reporter = new WriterReporter(node, options, translate)
        return new LogWriter(options, {
          clock,
          clientId: newClientId(node.id),
          // The id of an instance of a subflow is new at each start.
          name: (node as ConsumerNode)._alias ?? node.id,
          failsIfMissing: options.logstore !== sources.fixedLogstore,
          onFailure: (error) => {
            keep(error)
            reporter.reportFailure(error)
          },
          onWarning: (warning) => {
            keep(warning)
            reporter.warn(warning)
          },
          onRecovered: reporter.logRecovery,
          onContained,
        })
      },
    })
    const { fixedLogstore } = sources
    // So that the status shows at once whether the logstore exists and can be reached.
    if (fixedLogstore !== null) writers.writerOf(fixedLogstore)
    const bufferedText = (count: string): string =>
      translate('sls-kafka-out.figures.buffered', { count })
    const status = (): ReturnType<typeof writerStatusOf> =>
      writerStatusOf(
        writers.snapshots().map(({ snapshot }) => snapshot),
        bufferedText,
        writers.ended(),
      )
    const statusLine = new StatusLine(node, clock, status)
    warnOfLoop(RED, node, { project, fixedLogstore }, translate)
    const report = (): WriterReport => writerReportOf(writers.snapshots(), writers.ended())
    registerWriter(node, {
      control: writerControl(report, translate),
      project: project.project,
      logstore: fixedLogstore ?? '',
      status,
      report,
      lastError: () => lastError,
    })

    node.on('input', (message: NodeMessageInFlow, send, done) => {
      const pass = (failure: Error | null): void => {
        if (failure) done(failure)
        else {
          send(message)
          done()
        }
      }
      writeMessage({ message, sources, writers, translate, onError: keep })
        .catch(toError)
        .then(pass)
        // `send` copies the message for a second wire, and what a message holds can throw.
        .catch((failure: unknown) => {
          done(toError(failure))
        })
        .catch(onContained)
    })
    node.on('close', (_removed: boolean, done: () => void) => {
      const endStatus = guarded(onContained, () => {
        statusLine.end()
      })
      guard(node, writers.close().finally(endStatus), done)
    })
  }

  RED.nodes.registerType('sls-kafka-out', SlsKafkaOut)
  addAdminRoutes(RED)
}
