import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { ServiceAddress } from './consumer-options'
import { GroupClient, type ClientEvent, type Subscription } from './group-client'
import { pythonWithKafka } from './kafka-python/environment'
import { repositoryRoot } from './repository'

const SCRIPT = join(repositoryRoot(), 'test', 'clients', 'consumer.py')

/** Starts kafka-python, with the settings that Alibaba Cloud documents, as a member of the group. */
export function startKafkaPython(
  service: ServiceAddress,
  { logstore, group }: Subscription,
): GroupClient {
  const args = [`localhost:${service.port}`, service.project, logstore, group]
  const child = spawn(pythonWithKafka(), [SCRIPT, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env,
      SLS_ACCESS_KEY_ID: service.accessKeyId,
      SLS_ACCESS_KEY_SECRET: service.accessKeySecret,
      SLS_CA: service.ca,
    },
  })
  return new GroupClient({
    name: 'kafka-python',
    process: child,
    parse: (line) => JSON.parse(line) as ClientEvent,
    askToEnd: ({ stdin }) => stdin?.end(),
  })
}
