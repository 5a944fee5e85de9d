import type { FlowNode } from '../../../tools/shared/node-red'
import { PROJECT } from '../../support/alibaba-hosts'
import { ACCESS_KEY, LOGSTORE } from './editor-rig'

export const ENDPOINT = 'cn-hangzhou.log.aliyuncs.com'

/** A project whose AccessKey only the server has. */
export function deployedProject(more: Readonly<Record<string, unknown>> = {}): FlowNode {
  const place = { project: PROJECT, endpoint: ENDPOINT, name: '', port: '', bootstrap: '', tls: '' }
  return { id: 'project', type: 'sls-project', ...place, credentials: ACCESS_KEY, ...more }
}

/** A node that reads, but stays stopped. */
export function deployedConsumer(more: Readonly<Record<string, unknown>> = {}): FlowNode {
  const reading = { project: 'project', logstore: LOGSTORE, group: 'reports', autoStart: false }
  const place = { z: 'tab', x: 200, y: 120, wires: [[]] }
  return { id: 'reader', type: 'sls-kafka-in', name: '', ...reading, ...place, ...more }
}
