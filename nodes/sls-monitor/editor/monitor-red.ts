import type { EditorRED } from '../../shared/editor/editor-red'

/** The part of the editor's `RED` that the monitor uses. */
export interface MonitorRED extends EditorRED {
  plugins: { registerPlugin(id: string, definition: { onadd(): void }): void }
  sidebar: {
    addTab(tab: {
      id: string
      /** The short label of the tab. */
      label: string
      /** The name in menus and tooltips. */
      name: string
      iconClass: string
      content: HTMLElement
      /** Whether the tab can be used while a dialog is open. */
      enableOnEdit: boolean
    }): void
  }
  view: { reveal(id: string, isHighlighted: boolean): void }
  user: { hasPermission(permission: string): boolean }
  notify(text: string, options?: 'error' | NotifyOptions): { close(): void }
}

interface NotifyOptions {
  readonly modal: true
  readonly fixed: true
  readonly buttons: readonly { text: string; class?: string; click(): void }[]
}

/** Sends GET requests with the editor's access token, which `fetch` does not add. */
export interface GetJson {
  getJSON(url: string): {
    done(listener: (response: unknown) => void): ReturnType<GetJson['getJSON']>
    fail(
      listener: (call: { status: number; responseText?: string }) => void,
    ): ReturnType<GetJson['getJSON']>
  }
}
