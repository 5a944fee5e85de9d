import type { Translate } from './translate'

/**
 * The part of the editor's `RED` that the edit dialogs use. The published types lack validators that
 * return a text, which the editor has taken since Node-RED 3.
 */
export interface EditorRED {
  nodes: {
    registerType(type: string, definition: NodeDefinition): void
    filterNodes(filter: { type: string }): EditorNode[]
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
    { value: unknown; type?: string; required?: boolean; validate?: Validator }
  >
  credentials?: Record<string, { type: 'text' | 'password' }>
  color?: string
  icon?: string
  inputs?: number
  outputs?: number
  outputLabels?(this: EditorNode, index: number): string
  paletteLabel?: string
  label(this: EditorNode): string
  labelStyle?(this: EditorNode): string
  oneditprepare?(this: EditorNode): void
}

/** The part of jQuery that the edit dialogs use. */
export type JQuery = (selector: string) => JQueryElement

export interface JQueryElement {
  val(): unknown
  val(value: string | number): void
  on(event: string, listener: () => void): void
  toggle(isShown: boolean): void
  /** Of the editor's own widget for a value and its type. */
  typedInput(options: { default: string; types: readonly string[]; typeField: JQueryElement }): void
}

/** The first text that is not empty. */
export function firstText(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === 'string' && value !== '') ?? ''
}
