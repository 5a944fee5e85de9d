import type { Node, NodeAPI } from 'node-red'
import type { Compiled, ProjectOptions, TlsOptions } from '../../../lib/config/project-options'
import { ACCESS_KEY_ID_VARIABLE, ACCESS_KEY_SECRET_VARIABLE } from '../../../lib/sls/credentials'

/** The credentials that an `sls-project` node stores. */
export interface SlsProjectCredentials {
  accessKeyId?: string
  accessKeySecret?: string
}

/** A deployed `sls-project` node. */
export interface SlsProjectNode extends Node<SlsProjectCredentials> {
  compiled: Compiled<ProjectOptions>
}

/** A deployed `tls-config` node of Node-RED. */
export interface TlsConfigNode extends Node {
  valid: boolean
  addTLSOptions(options: TlsOptions): TlsOptions
}

/**
 * Reads an environment variable as a node sees it: Node-RED's global environment before the environment of the
 * process. Without a node, only the process is read. Returns undefined for an empty value.
 */
export function readVariable(RED: NodeAPI, node: Node | null, name: string): string | undefined {
  if (!node) return process.env[name] === '' ? undefined : process.env[name]
  const value: unknown = RED.util.evaluateNodeProperty(name, 'env', node, {})
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The environment variables of the AccessKey, by name. */
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
