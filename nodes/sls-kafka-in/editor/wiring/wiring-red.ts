import type { EditorNode, EditorRED } from '../../../shared/editor/editor-red'

/** A node, junction or port on the canvas. */
export interface CanvasNode extends EditorNode {
  readonly id: string
  readonly type: string
  readonly x?: number
  readonly y?: number
  readonly w?: number
  readonly h?: number
  readonly outputs?: number
  /** The validators found no problem. */
  readonly valid?: boolean
}

/** A wire on the canvas. */
export interface CanvasLink {
  readonly source: CanvasNode
  readonly sourcePort: number
  readonly target: CanvasNode
}

/** The part of the editor's `RED` that reads, checks and extends the wiring of flows. */
export interface WiringRED extends EditorRED {
  readonly nodes: EditorRED['nodes'] & {
    id(): string
    eachNode(each: (node: CanvasNode) => void): void
    eachJunction(each: (junction: CanvasNode) => void): void
    eachGroup(each: (group: CanvasNode) => void): void
    eachWorkspace(each: (tab: CanvasNode) => void): void
    eachSubflow(each: (template: CanvasNode) => void): void
    eachLink(each: (link: CanvasLink) => void): void
    /** With `reimport`, nodes go to the tab of their `z` and not to the active one. */
    import(
      nodes: readonly object[],
      options: { generateIds: false; reimport: true; markChanged: true },
    ): { readonly links: readonly CanvasLink[] }
    addLink(link: CanvasLink): void
    dirty(): boolean
    dirty(isDirty: true): void
  }
  readonly history: {
    push(event: {
      readonly t: 'add'
      readonly nodes: readonly string[]
      readonly links: readonly CanvasLink[]
      readonly dirty: boolean
    }): void
  }
  readonly view: {
    redraw(updateActive?: boolean): void
    selection(): { readonly nodes?: readonly CanvasNode[] }
    readonly annotations: {
      register(id: string, badge: Badge): void
    }
  }
  readonly workspaces: { active(): string; isLocked(id?: string): boolean }
  readonly editor: { edit(node: EditorNode): void; validateNode(node: EditorNode): boolean }
  readonly actions: {
    /** Throws if the action exists. */
    add(name: string, handler: () => void, options: { readonly label: string }): void
  }
  readonly events: { on(name: string, listener: () => void): void }
  readonly user: { hasPermission(permission: string): boolean }
  readonly utils: EditorRED['utils'] & { getNodeLabel(node: EditorNode, fallback: string): string }
  notify(text: string, type: 'warning'): void
}

interface Badge {
  readonly type: 'badge'
  readonly class: string
  element(node: CanvasNode): SVGElement
  filter(node: CanvasNode): boolean
  show(node: CanvasNode): boolean
  tooltip(node: CanvasNode): string
}
