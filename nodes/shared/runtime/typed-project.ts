import type { Node, NodeAPI } from 'node-red'
import { logstoreName, problemsOf, textOf, variableName } from '../../../lib/config/fields'
import type { Problem } from '../../../lib/config/problem'
import {
  compileProjectOptions,
  startTarget,
  type ProjectOptions,
  type TlsOptions,
} from '../../../lib/config/project-options'
import { isAlibabaHost } from '../../../lib/sls/regions'
import type { RefusalResponse } from '../admin-responses'
import type { ProjectRequest } from './admin-request'
import { hasVariable, pastedTlsOptions, type PastedTls } from './pasted-tls'
import {
  accessKeyVariables,
  readVariable,
  type SlsProjectNode,
  type TlsConfigNode,
} from './project-node'

/** The checked, complete project of an edit dialog, deployed or not. */
export interface TypedProject {
  readonly options: ProjectOptions
  /** Empty if not known yet. */
  readonly logstore: string
  /** Empty if not known yet. */
  readonly group: string
}

interface Refused {
  readonly refusal: RefusalResponse
}

type Texts = Readonly<Record<Exclude<keyof ProjectRequest, 'id' | 'tls'>, string>>

/**
 * Compiles the typed settings of a project, so that a dialog can connect before a deploy. Stored secrets and values
 * of variables are not in the request. They go only to the address of the deployed node or to a host of Alibaba.
 * Otherwise this endpoint would send them to any typed host. For the same reason they are not sent to a server that
 * only a pasted certificate or a typed server name vouches for.
 */
export function typedProject(
  RED: NodeAPI,
  request: ProjectRequest,
  pastedTls: PastedTls | null = null,
): TypedProject | Refused {
  const deployed = deployedProject(RED, request.id)
  const tls = chosenTls(RED, request.tls, pastedTls)
  if ('refusal' in tls) return tls

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
  const compiled = compileProjectOptions(texts, tls.options, environment)
  if ('problems' in compiled) return invalid(compiled.problems)
  const named = texts.logstore === '' ? {} : { logstore: texts.logstore }
  const logstoreProblems = problemsOf(named, { logstore: logstoreName })
  if (logstoreProblems.length > 0) return invalid(logstoreProblems)

  const isAllSent =
    isSecretSent &&
    `${sent.accessKeyId}${sent.accessKeySecret}` !== '' &&
    Object.entries(texts).every(([name, text]) => sent[name as keyof Texts] === text)
  const isTrusted = pastedTls === null && mayHaveSecret(compiled.options, deployed)
  if (!isAllSent && !isTrusted) {
    return { refusal: { refusal: 'secret-needed' } }
  }
  return { options: compiled.options, logstore: texts.logstore, group: texts.group }
}

function deployedProject(RED: NodeAPI, id: string): SlsProjectNode | null {
  const node = RED.nodes.getNode(id) as SlsProjectNode | null
  return node?.type === 'sls-project' ? node : null
}

/** The options of the chosen `tls-config`. A request has the fields of one with changes that are not deployed. */
function chosenTls(
  RED: NodeAPI,
  id: string,
  pasted: PastedTls | null,
): { readonly options: TlsOptions } | Refused {
  if (!id) return { options: {} }
  const node = RED.nodes.getNode(id) as TlsConfigNode | null
  if (node && pasted) return { refusal: { refusal: 'tls-changed' } }
  if (pasted?.namesFiles) return { refusal: { refusal: 'tls-files' } }
  if (!node && (!pasted || hasVariable(pasted))) {
    return { refusal: { refusal: 'tls-not-deployed' } }
  }
  const isUsable = node?.type === 'tls-config' && node.valid
  const options = pasted ? pastedTlsOptions(pasted) : isUsable ? node.addTLSOptions({}) : null
  return options ? { options } : invalid([{ field: 'tls', reason: 'tls-config' }])
}

/** The trimmed texts of a request. */
function trimmed(request: Texts): Texts {
  const { project, endpoint, port, bootstrap, serverName, logstore, group } = request
  const { accessKeyId, accessKeySecret } = request
  const place = { project, endpoint, port, bootstrap, serverName, logstore, group }
  return mapped({ ...place, accessKeyId, accessKeySecret }, textOf)
}

/** Replaces variables by their values. An unset variable stays, and becomes a problem when compiled. */
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

/** Whether address and certificate name belong to the deployed node or to Alibaba. */
function mayHaveSecret(options: ProjectOptions, deployed: SlsProjectNode | null): boolean {
  const target = startTarget(options)
  const { servername = '' } = target.tls
  if (isAlibabaHost(target.address.host) && isAlibabaHost(servername)) return true
  if (!deployed || 'problems' in deployed.compiled) return false
  const own = startTarget(deployed.compiled.options)
  return (
    own.address.host === target.address.host &&
    own.address.port === target.address.port &&
    own.tls.servername === servername
  )
}

function invalid(problems: readonly Problem[]): Refused {
  const bare = problems.map(({ field, reason, params: { value: _value, ...params } = {} }) => ({
    field,
    reason,
    params,
  }))
  return { refusal: { refusal: 'settings-invalid', problems: bare } }
}
