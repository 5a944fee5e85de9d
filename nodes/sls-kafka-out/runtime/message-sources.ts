import type { Node, NodeAPI, NodeMessage } from 'node-red'
import { oneOf, problemsOf, textOf } from '../../../lib/config/fields'
import type { Problem } from '../../../lib/config/problem'
import { LOGSTORE_TYPES, TIME_TYPES } from '../settings'
import type { SlsKafkaOutDef } from './register'

/** Where the logstore and the time of the logs of a message come from. */
export interface MessageSources {
  /** The logstore of all messages; null if each message has its own. */
  readonly fixedLogstore: string | null
  /** Where and when one message is written. Resolves in the order of the calls, or rejects. */
  targetOf(message: NodeMessage): Promise<WriteTarget>
}

export interface WriteTarget {
  /** Trimmed. */
  readonly logstore: string
  /** The time of the logs, as `LogWriter.write` takes it. */
  readonly time: unknown
}

type Type = (typeof LOGSTORE_TYPES)[number] | (typeof TIME_TYPES)[number]

/** Checks the settings of both sources and fills in their defaults. */
export function readSources(
  RED: NodeAPI,
  node: Node,
  config: SlsKafkaOutDef,
): MessageSources | { readonly problems: readonly Problem[] } {
  const { logstoreType = 'str', timeType = 'date' } = config
  const problems = problemsOf(
    { logstoreType, timeType },
    { logstoreType: oneOf(LOGSTORE_TYPES), timeType: oneOf(TIME_TYPES) },
  )
  if (problems.length > 0) return { problems }

  const evaluate = (value: string, type: Type, message: NodeMessage): Promise<unknown> =>
    new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(value, type, node, message, (failure, result: unknown) => {
        // The evaluation fails where a parent property is missing: the value is absent then.
        if (failure && type !== 'msg') reject(failure)
        else resolve(result)
      })
    })
  const logstore = textOf(config.logstore)
  const isFixed = logstoreType === 'str' || logstoreType === 'env'
  const fixedLogstore = isFixed ? fixedText(RED, node, logstore, logstoreType) : null
  const time = textOf(config.time)
  const evaluateBoth = async (message: NodeMessage): Promise<WriteTarget> => {
    const [name, when] = await Promise.all([
      fixedLogstore ?? evaluate(logstore, logstoreType as Type, message),
      timeType === 'date' && time === '' ? undefined : evaluate(time, timeType as Type, message),
    ])
    return { logstore: textOf(name), time: when }
  }
  return { fixedLogstore, targetOf: inOrder(evaluateBoth) }
}

/** Makes results come in the order of the calls: JSONata can take longer for one message than for the next. */
function inOrder<A, T>(work: (argument: A) => Promise<T>): (argument: A) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (argument) => {
    const begun = work(argument)
    // It can reject before the earlier ones have ended.
    begun.catch(() => undefined)
    const result = last.then(() => begun)
    last = result.catch(() => undefined)
    return result
  }
}

/** The value of a text or of an environment variable. */
function fixedText(RED: NodeAPI, node: Node, value: string, type: 'str' | 'env'): string {
  return type === 'str' ? value : textOf(RED.util.evaluateNodeProperty(value, 'env', node, {}))
}
