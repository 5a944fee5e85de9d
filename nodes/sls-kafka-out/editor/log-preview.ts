import { escapeControls } from '../../../lib/text'
import type { LogPreviewResponse } from '../../shared/admin-responses'
import { element } from '../../shared/editor/dialog'
import type { EditorNode, JQuery } from '../../shared/editor/editor-red'
import { onChange, typed } from '../../shared/editor/form'
import { postLines } from '../../shared/editor/post-lines'
import { refusalText } from '../../shared/editor/project-request'
import { errorText } from '../../shared/editor/texts'

declare const $: JQuery

const EXAMPLE = '{"level": "info", "took": 12}'

/** Delay before a request, because a value is typed letter by letter. */
const DEBOUNCE_MS = 300

/** The preview: shows the log that an example of `msg.payload` becomes. Nothing is written or saved. */
export class LogPreview {
  readonly #node: EditorNode
  readonly #list = element('sls-kafka-out-logs')
  readonly #example = $('#sls-kafka-out-example')
  #end = (): void => undefined

  constructor(node: EditorNode) {
    this.#node = node
    this.#example.val(EXAMPLE)
    this.#example.typedInput({ default: 'json', types: ['json', 'str', 'num', 'bool'] })
    this.#example.on('change', () => {
      this.#request()
    })
    onChange(['format', 'field'], () => {
      this.#request()
    })
    this.#request()
  }

  /** Aborts a running request. Call this when the dialog closes. */
  end(): void {
    this.#end()
  }

  #request(): void {
    this.#end()
    const timer = setTimeout(() => {
      this.#end = this.#post()
    }, DEBOUNCE_MS)
    this.#end = () => {
      clearTimeout(timer)
    }
  }

  #post(): () => void {
    const payload = this.#payload()
    if (payload === undefined) {
      this.#show([this.#notice(this.#node._('sls-kafka-out.preview.no-json'))])
      return () => undefined
    }
    const lines: HTMLElement[] = []
    return postLines<LogPreviewResponse>(
      'sls-kafka-out/preview',
      { format: typed('format'), field: typed('field'), payload },
      {
        onLine: (line) => {
          lines.push(this.#lineOf(line))
        },
        onEnd: () => {
          this.#show(lines)
        },
        onRefused: (refusal) => {
          this.#show([this.#notice(refusalText(refusal))])
        },
      },
    )
  }

  /** The typed example as a value; undefined if it is not valid. */
  #payload(): unknown {
    const value = this.#example.typedInput('value')
    switch (this.#example.typedInput('type')) {
      case 'json':
        try {
          return JSON.parse(value) as unknown
        } catch {
          return undefined
        }
      case 'num':
        return Number(value)
      case 'bool':
        return value === 'true'
      default:
        return value
    }
  }

  #lineOf(line: LogPreviewResponse): HTMLElement {
    if ('problem' in line) {
      const { code, params } = line.problem
      return this.#notice(`${code}: ${errorText(code, params)}`)
    }
    const log = document.createElement('dl')
    log.className = 'sls-kafka-out-log'
    for (const [name, value] of Object.entries(line.fields)) {
      log.appendChild(document.createElement('dt')).textContent = escapeControls(name)
      log.appendChild(document.createElement('dd')).textContent = escapeControls(value)
    }
    return log
  }

  #notice(text: string): HTMLElement {
    const box = document.createElement('div')
    box.className = 'form-tips'
    box.textContent = escapeControls(text)
    return box
  }

  #show(lines: readonly HTMLElement[]): void {
    this.#list.replaceChildren(...lines)
  }
}
