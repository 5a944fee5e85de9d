import type { Node, NodeAPI } from 'node-red'
import type { Compiled, ProjectOptions, TlsOptions } from '../../lib/config/project-options'
import { ACCESS_KEY_ID_VARIABLE, ACCESS_KEY_SECRET_VARIABLE } from '../../lib/sls/credentials'

export interface SlsProjectCredentials {
  accessKeyId?: string
  accessKeySecret?: string
}

export interface SlsProjectNode extends Node<SlsProjectCredentials> {
  compiled: Compiled<ProjectOptions>
}

export interface TlsConfigNode extends Node {
  valid: boolean
  addTLSOptions(options: TlsOptions): TlsOptions
}

/**
 * A variable as a node sees it: Node-RED's global environment before that of the process. Without a
 * node that of the process alone.
 */
export function readVariable(RED: NodeAPI, node: Node | null, name: string): string | undefined {
  if (!node) return process.env[name] === '' ? undefined : process.env[name]
  const value: unknown = RED.util.evaluateNodeProperty(name, 'env', node, {})
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The AccessKey's pair of the environment. */
export function accessKeyVariables(
  RED: NodeAPI,
  node: Node | null,
): Record<string, string | undefined> {
  return Object.fromEntries(
    [ACCESS_KEY_ID_VARIABLE, ACCESS_KEY_SECRET_VARIABLE].map((name) => [
      name,
      readVariable(RED, node, name),
    ]),
  )
}
