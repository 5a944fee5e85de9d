import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryRoot } from '../shared/repository'

/** What `flow.json` leaves open because it is known only when the demo runs. */
export interface FlowValues {
  readonly DEMO_BOOTSTRAP: string
  readonly DEMO_CA_FILE: string
  readonly DEMO_BUTTONS_URL: string
  readonly DEMO_DATABASE_URL: string
  /** How long the endpoint is off when its button is pressed. */
  readonly DEMO_OUTAGE_SECONDS: string
}

export async function demoFlow(values: FlowValues): Promise<string> {
  return fillIn(
    await readFile(join(repositoryRoot(), 'tools', 'demo', 'flow.json'), 'utf8'),
    values,
  )
}

/** Replaces every `${DEMO_…}` within a text of JSON. Throws if there is no value for one. */
export function fillIn(json: string, values: FlowValues): string {
  const texts = new Map<string, string>(Object.entries(values))
  return json.replace(/\$\{(DEMO_\w+)\}/g, (placeholder, name: string) => {
    const text = texts.get(name)
    if (text === undefined) throw new Error(`the demo's flow has an unknown ${placeholder}`)
    return JSON.stringify(text).slice(1, -1)
  })
}
