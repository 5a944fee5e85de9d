import type { EditorRED } from '../../nodes/common/editor-red'

/** What the monitor uses of the editor's `RED` beside what the edit dialogs do. */
export interface MonitorRED extends EditorRED {
  plugins: { registerPlugin(id: string, definition: { onadd(): void }): void }
  sidebar: {
    addTab(tab: {
      id: string
      /** Where there is room for a word. */
      label: string
      /** In menus and tooltips. */
      name: string
      iconClass: string
      content: HTMLElement
      /** It stays usable while a dialog is open. */
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

/** Asks the server with the editor's access token, as the browser's own `fetch` does not. */
export interface GetJson {
  getJSON(url: string): {
    done(listener: (answer: unknown) => void): ReturnType<GetJson['getJSON']>
    fail(
      listener: (call: { status: number; responseText?: string }) => void,
    ): ReturnType<GetJson['getJSON']>
  }
}
