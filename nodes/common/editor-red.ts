import type { Translate } from './translate'

/**
 * The part of the editor's `RED` that the edit dialogs use. The published types lack validators that
 * return a text, which the editor has taken since Node-RED 3.
 */
export interface EditorRED {
  /** With a full key, `<package>/<set>:<key>`, texts of any node. */
  _: Translate
  i18n: { lang(): string }
  clipboard: {
    /** @param message key of what is shown beside the element when it is copied */
    copyText(text: string, element: JQueryElement, message: string): void
  }
  nodes: {
    registerType(type: string, definition: NodeDefinition): void
    filterNodes(filter: { type: string }): EditorNode[]
    /** Also a config node, also one that is not deployed. */
    node(id: string): EditorNode | null
    /** A tab. */
    workspace(id: string): EditorNode | null | undefined
    subflow(id: string): EditorNode | null | undefined
  }
  /** What the runtime lets the editor know. */
  readonly settings: {
    /** Name of the machine that Node-RED runs on. */
    readonly slsKafkaInHost?: string
  }
  utils: {
    /** Reads what the runtime has encoded for the debug sidebar. */
    decodeObject(text: string, format: string): unknown
    /** As the debug sidebar shows it. @param options `expandPaths`: what is unfolded */
    createObjectElement(
      value: unknown,
      options: {
        typeHint: string
        path: string
        rootPath: string
        expandPaths: readonly string[]
      },
    ): JQueryElement
  }
  /** @param typeField the property that holds the type */
  validators: { typedInput(typeField: string): Validator }
}

export interface EditorNode {
  readonly _: Translate
  readonly [property: string]: unknown
}

/** True, or what is wrong; the editor shows the text at the field. */
export type Validator = (this: EditorNode, value: unknown, options: unknown) => true | string

export interface NodeDefinition {
  category: string
  defaults: Record<
    string,
    { value: unknown; type?: string; required?: boolean; label?: string; validate?: Validator }
  >
  credentials?: Record<string, { type: 'text' | 'password' }>
  color?: string
  icon?: string
  inputs?: number
  inputLabels?(this: EditorNode, index: number): string
  outputs?: number
  outputLabels?(this: EditorNode, index: number): string
  paletteLabel?: string
  /** When the palette has got its entry. */
  onpaletteadd?(): void
  label(this: EditorNode): string
  labelStyle?(this: EditorNode): string
  oneditprepare?(this: EditorNode): void
  oneditsave?(this: EditorNode): void
  oneditcancel?(this: EditorNode): void
}

/** The part of jQuery that the edit dialogs use. */
export interface JQuery {
  (selector: string | Element | readonly Element[]): JQueryElement
  /** Unlike the browser's own, with the editor's access token. */
  ajax(request: AjaxRequest): AjaxCall
}

export interface AjaxRequest {
  /** Relative, or the editor adds no token. */
  readonly url: string
  readonly method: 'POST'
  readonly contentType: string
  readonly data: string
  readonly dataType: 'text'
  /** Set on the request of the browser. */
  readonly xhrFields: { readonly onprogress: (event: ProgressEvent) => void }
}

export interface AjaxCall {
  done(listener: (text: string) => void): AjaxCall
  fail(listener: (call: { status: number; responseText?: string }) => void): AjaxCall
  abort(): void
}

export interface JQueryElement {
  val(): unknown
  val(value: string | number): void
  attr(name: string, value: string): void
  on(event: string, listener: () => void): void
  trigger(event: string): void
  toggle(isShown: boolean): void
  appendTo(parent: Element): void
  /** Of the editor's own widget that lists what can be chosen. */
  autoComplete(options: {
    minLength: number
    search: (text: string) => { value: string; label: JQueryElement }[]
  }): void
  autoComplete(method: 'option', name: 'minLength', value: number): void
  /** Of the editor's own widget for a value and its type. */
  typedInput(options: { default: string; types: readonly string[]; typeField: JQueryElement }): void
}

/** The first text that is not empty. */
export function firstText(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === 'string' && value !== '') ?? ''
}
