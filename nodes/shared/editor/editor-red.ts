import type { Translate } from '../../../lib/translate'

/**
 * The part of the editor's `RED` that the edit dialogs use. The published types lack validators that
 * return a text, which the editor has taken since Node-RED 3.
 */
export interface EditorRED {
  /** Translates a key. A full key, `<package>/<set>:<key>`, finds a text of any node. */
  _: Translate
  i18n: { lang(): string }
  clipboard: {
    /** @param message key of the text that appears beside the element after copying */
    copyText(text: string, element: JQueryElement, message: string): void
  }
  nodes: {
    registerType(type: string, definition: NodeDefinition): void
    filterNodes(filter: { type: string }): EditorNode[]
    /** Finds a node by id, including config nodes and nodes that are not deployed. */
    node(id: string): EditorNode | null | undefined
    /** Finds a tab by id. */
    workspace(id: string): EditorNode | null | undefined
    subflow(id: string): EditorNode | null | undefined
  }
  /** Settings that the runtime exports to the editor. */
  readonly settings: {
    /** Name of the machine that Node-RED runs on. */
    readonly slsKafkaInHost?: string
  }
  utils: {
    /** Decodes a value that the runtime has encoded for the debug sidebar. */
    decodeObject(text: string, format: string): unknown
    /** Renders a value as the debug sidebar does. `expandPaths` lists the paths to unfold. */
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

/** Returns true, or the problem as a text, which the editor shows at the field. */
export type Validator = (this: EditorNode, value: unknown, options: unknown) => true | string

interface NodeDefinition {
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
  /** Called when the palette has an entry for the type. */
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
  /** Sends a request with the editor's access token, which `fetch` does not add. */
  ajax(request: AjaxRequest): AjaxCall
}

interface AjaxRequest {
  /** A relative URL: the editor adds its token to no other. */
  readonly url: string
  readonly method: 'POST'
  readonly contentType: string
  readonly data: string
  readonly dataType: 'text'
  /** Properties that jQuery sets on the XMLHttpRequest. */
  readonly xhrFields: { readonly onprogress: (event: ProgressEvent) => void }
}

interface AjaxCall {
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
  /** Creates the editor's autocomplete widget. */
  autoComplete(options: {
    minLength: number
    search: (text: string) => { value: string; label: JQueryElement }[]
  }): void
  /** Changes an option of the editor's autocomplete widget. */
  autoComplete(method: 'option', name: 'minLength', value: number): void
  /** Creates the editor's widget for a value with its type. */
  typedInput(options: {
    default: string
    types: readonly (string | TypedInputType)[]
    typeField?: JQueryElement
  }): void
  /** Reads the type, or the value, of that widget. */
  typedInput(method: 'type' | 'value'): string
}

/** A type of the editor's typed input, with a list of its own. */
interface TypedInputType {
  readonly value: string
  readonly label: string
  readonly icon?: string
  /** False for a type that is its only value. */
  readonly hasValue?: false
  /** Passes what fits the typed text to `done`. */
  readonly autoComplete?: (text: string, done: (found: readonly Completion[]) => void) => void
}

/** An entry of the list below a field. */
export interface Completion {
  readonly value: string
  readonly label: JQueryElement
}

/** The first value that is a text and not empty; else an empty text. */
export function firstText(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === 'string' && value !== '') ?? ''
}
