import type { Node, NodeAPI } from 'node-red'
import { logstoreName, problemsOf, textOf, variableName } from '../../lib/config/fields'
import type { Problem } from '../../lib/config/problem'
import {
  compileProjectOptions,
  startAddress,
  type ProjectOptions,
} from '../../lib/config/project-options'
import { isAlibabaHost } from '../../lib/sls/regions'
import type { RefusalAnswer } from './admin-answers'
import type { ProjectRequest } from './admin-request'
import {
  accessKeyVariables,
  readVariable,
  type SlsProjectNode,
  type TlsConfigNode,
} from './project-node'

/** A project as it is typed in the edit dialog, checked and complete. */
export interface TypedProject {
  readonly options: ProjectOptions
  /** Empty, as with the group: not known yet. */
  readonly logstore: string
  readonly group: string
}

type Texts = Readonly<Record<Exclude<keyof ProjectRequest, 'id' | 'tls'>, string>>

/**
 * Makes a connection possible to what is typed, before it is deployed. What the browser did not send
 * in this very request (the stored secret, a variable's value) goes only to the address of the
 * deployed node, or to a host of Alibaba: else the endpoint would hand it to any host that is typed.
 */
export function typedProject(
  RED: NodeAPI,
  request: ProjectRequest,
): TypedProject | { refusal: RefusalAnswer } {
  const deployed = deployedProject(RED, request.id)
  const tlsNode = RED.nodes.getNode(request.tls) as TlsConfigNode | null
  if (request.tls && !tlsNode) return { refusal: { refusal: 'tls-not-deployed' } }
  if (tlsNode && (tlsNode.type !== 'tls-config' || !tlsNode.valid)) {
    return invalid([{ field: 'tls', reason: 'tls-config' }])
  }

  const isSecretSent = request.accessKeySecret !== null && request.accessKeyId !== null
  if (!isSecretSent && !deployed) return { refusal: { refusal: 'secret-needed' } }
  const { accessKeyId = '', accessKeySecret = '' } = deployed?.credentials ?? {}
  const sent = trimmed({
    ...request,
    accessKeyId: request.accessKeyId ?? accessKeyId,
    accessKeySecret: request.accessKeySecret ?? accessKeySecret,
  })
  const texts = resolved(RED, deployed, sent)
  const environment = accessKeyVariables(RED, deployed)
  const compiled = compileProjectOptions(texts, tlsNode?.addTLSOptions({}) ?? {}, environment)
  if ('problems' in compiled) return invalid(compiled.problems)
  const named = texts.logstore === '' ? {} : { logstore: texts.logstore }
  const logstoreProblems = problemsOf(named, { logstore: logstoreName })
  if (logstoreProblems.length > 0) return invalid(logstoreProblems)

  const isAllSent =
    isSecretSent &&
    `${sent.accessKeyId}${sent.accessKeySecret}` !== '' &&
    Object.entries(texts).every(([name, text]) => sent[name as keyof Texts] === text)
  if (!isAllSent && !mayHaveSecret(compiled.options, deployed)) {
    return { refusal: { refusal: 'secret-needed' } }
  }
  return { options: compiled.options, logstore: texts.logstore, group: texts.group }
}

function deployedProject(RED: NodeAPI, id: string): SlsProjectNode | null {
  const node = RED.nodes.getNode(id) as SlsProjectNode | null
  return node?.type === 'sls-project' ? node : null
}

/** What a request holds of a project, as a node takes it. */
function trimmed(request: Texts): Texts {
  const { project, endpoint, port, bootstrap, logstore, group } = request
  const { accessKeyId, accessKeySecret } = request
  const place = { project, endpoint, port, bootstrap, logstore, group }
  return mapped({ ...place, accessKeyId, accessKeySecret }, textOf)
}

/** With the values of variables; one that is not set stays as it is, and is a problem then. */
function resolved(RED: NodeAPI, node: Node | null, texts: Texts): Texts {
  return mapped(texts, (text) => {
    const variable = variableName(text)
    return textOf((variable && readVariable(RED, node, variable)) ?? text)
  })
}

function mapped(texts: Texts, change: (text: string) => string): Texts {
  const entries = Object.entries(texts).map(([field, text]) => [field, change(text)])
  return Object.fromEntries(entries) as Texts
}

function mayHaveSecret(options: ProjectOptions, deployed: SlsProjectNode | null): boolean {
  const target = startAddress(options)
  if (isAlibabaHost(target.host)) return true
  if (!deployed || 'problems' in deployed.compiled) return false
  const own = startAddress(deployed.compiled.options)
  return own.host === target.host && own.port === target.port
}

function invalid(problems: readonly Problem[]): { refusal: RefusalAnswer } {
  const bare = problems.map(({ field, reason, params: { value: _value, ...params } = {} }) => ({
    field,
    reason,
    params,
  }))
  return { refusal: { refusal: 'settings-invalid', problems: bare } }
}
