import type { Node, NodeAPI, NodeDef } from 'node-red'
import { ACCESS_KEY_ID_VARIABLE, ACCESS_KEY_SECRET_VARIABLE } from '../../lib/sls/credentials'
import {
  compileProjectOptions,
  type Compiled,
  type ProjectOptions,
  type TlsOptions,
} from '../../lib/options/project-options'

interface SlsProjectCredentials {
  accessKeyId?: string
  accessKeySecret?: string
}

interface SlsProjectDef extends NodeDef {
  project: string
  endpoint: string
  port: string
  bootstrap: string
  tls: string
}

export interface SlsProjectNode extends Node<SlsProjectCredentials> {
  compiled: Compiled<ProjectOptions>
}

interface TlsConfigNode extends Node {
  valid: boolean
  addTLSOptions(options: TlsOptions): TlsOptions
}

export default function registerSlsProject(RED: NodeAPI): void {
  function SlsProject(this: SlsProjectNode, config: SlsProjectDef): void {
    RED.nodes.createNode(this, config)
    const tlsNode = RED.nodes.getNode(config.tls) as TlsConfigNode | null
    this.compiled =
      config.tls && !tlsNode?.valid
        ? { problems: [{ field: 'tls', reason: 'tls-config' }] }
        : compileProjectOptions(
            { ...config, ...this.credentials },
            tlsOptionsOf(tlsNode),
            environmentOf(this),
          )
  }

  /** As the node sees it: Node-RED's global environment before that of the process. */
  function environmentOf(node: Node): Record<string, string | undefined> {
    const read = (name: string): string | undefined => {
      const value: unknown = RED.util.evaluateNodeProperty(name, 'env', node, {})
      return typeof value === 'string' && value !== '' ? value : undefined
    }
    return {
      [ACCESS_KEY_ID_VARIABLE]: read(ACCESS_KEY_ID_VARIABLE),
      [ACCESS_KEY_SECRET_VARIABLE]: read(ACCESS_KEY_SECRET_VARIABLE),
    }
  }

  RED.nodes.registerType<SlsProjectNode, SlsProjectDef, unknown, SlsProjectCredentials>(
    'sls-project',
    SlsProject,
    {
      credentials: {
        accessKeyId: { type: 'text' },
        accessKeySecret: { type: 'password' },
      },
    },
  )
}

function tlsOptionsOf(node: TlsConfigNode | null): TlsOptions {
  return node ? node.addTLSOptions({}) : {}
}
