import type { NodeAPI, NodeDef } from 'node-red'
import { compileProjectOptions } from '../../../lib/config/project-options'
import {
  accessKeyVariables,
  type SlsProjectCredentials,
  type SlsProjectNode,
  type TlsConfigNode,
} from '../../shared/runtime/project-node'
import { addAdminRoutes } from './admin-routes'

interface SlsProjectDef extends NodeDef {
  project: string
  endpoint: string
  port: string
  bootstrap: string
  serverName?: string
  tls: string
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
            tlsNode?.addTLSOptions({}) ?? {},
            accessKeyVariables(RED, this),
          )
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
  addAdminRoutes(RED)
}
