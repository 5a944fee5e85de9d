import type { Page } from 'playwright-core'

type Label = string | ((index: number) => string) | undefined

interface PageNode {
  readonly inputs: number
  readonly outputs: number
  readonly _def: { readonly inputLabels?: Label; readonly outputLabels?: Label }
}

declare const RED: { nodes: { node(id: string): PageNode } }

/** What the editor shows at each port of a node. */
export function portLabels(page: Page, id: string, side: 'inputs' | 'outputs'): Promise<string[]> {
  return page.evaluate(
    ([name, ports]) => {
      const node = RED.nodes.node(name)
      const label = ports === 'inputs' ? node._def.inputLabels : node._def.outputLabels
      return Array.from({ length: node[ports] }, (_, index) =>
        typeof label === 'function' ? label.call(node, index) : (label ?? ''),
      )
    },
    [id, side] as const,
  )
}
