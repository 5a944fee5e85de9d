import type { FailureResponse, FilterResponse, PreviewResponse } from '../../shared/admin-responses'
import { element } from '../../shared/editor/dialog'
import type { EditorNode, EditorRED } from '../../shared/editor/editor-red'
import { postLines } from '../../shared/editor/post-lines'
import { typed } from '../../shared/editor/form'
import { failureText, projectRequest, refusalText } from '../../shared/editor/project-request'

declare const RED: EditorRED

/** The preview: shows the newest records as the messages that the flow would get with the typed settings. */
export class Preview {
  readonly #node: EditorNode
  readonly #button = element('sls-kafka-in-preview') as HTMLButtonElement
  readonly #list = element('sls-kafka-in-messages')
  #end = (): void => undefined

  constructor(node: EditorNode) {
    this.#node = node
    this.#button.addEventListener('click', () => {
      this.#run()
    })
  }

  /** Aborts a running request. Call this when the dialog closes. */
  end(): void {
    this.#end()
  }

  #run(): void {
    this.#end()
    this.#list.replaceChildren()
    const project = projectRequest()
    if (!project) {
      this.#showNotice(this.#node._('sls-kafka-in.lookup.no-project'))
      return
    }
    this.#setRunning(true)
    let count = 0
    let isFiltered = false
    const settings = Object.fromEntries(
      ['format', 'emit', 'batchSize', 'commit'].map((field) => [field, typed(field)]),
    )
    this.#end = postLines<FilterResponse | PreviewResponse | FailureResponse>(
      'sls-kafka-in/preview',
      { ...project, ...settings },
      {
        onLine: (line) => {
          if ('filter' in line) {
            isFiltered = true
            this.#showFilter(line.filter)
            return
          }
          count += 1
          if ('failure' in line) this.#showNotice(failureText(line), line.failure.code)
          else this.#show(line, count === 1)
        },
        onEnd: () => {
          const none = isFiltered ? 'none-passes' : 'empty'
          if (count === 0) this.#showNotice(this.#node._(`sls-kafka-in.preview.${none}`))
          this.#setRunning(false)
        },
        onRefused: (refusal) => {
          this.#showNotice(refusalText(refusal))
          this.#setRunning(false)
        },
      },
    )
  }

  #show({ partition, offset, shown, problem }: PreviewResponse, isFirst: boolean): void {
    if (problem) this.#showNotice(this.#node._('sls-kafka-in.preview.undecodable'), problem)
    if (!shown) {
      this.#showNotice(this.#node._('sls-kafka-in.preview.too-large', { shard: partition, offset }))
      return
    }
    const { msg, format } = shown
    const line = append(this.#list, 'div', 'red-ui-debug-msg sls-kafka-in-message')
    const payload = append(line, 'span', 'red-ui-debug-msg-payload')
    RED.utils
      .createObjectElement(RED.utils.decodeObject(msg, format), {
        typeHint: format,
        path: '',
        rootPath: '',
        // The debug view unfolds the path before the dot.
        expandPaths: isFirst ? ['payload.', 'kafka.'] : [],
      })
      .appendTo(payload)
  }

  #showNotice(text: string, code = ''): void {
    const box = append(this.#list, 'div', 'form-tips')
    if (code) append(box, 'code', '').textContent = code
    append(box, 'span', '').textContent = text
  }

  #showFilter(statement: string): void {
    const box = append(this.#list, 'div', 'form-tips')
    append(box, 'span', '').textContent = `${this.#node._('sls-kafka-in.preview.filter')} `
    append(box, 'code', 'sls-kafka-in-filter').textContent = statement
  }

  #setRunning(isRunning: boolean): void {
    this.#button.disabled = isRunning
    this.#button.setAttribute('aria-busy', String(isRunning))
    if (!isRunning) this.#list.scrollIntoView({ block: 'nearest' })
  }
}

function append(parent: Element, tag: string, className: string): HTMLElement {
  const child = document.createElement(tag)
  child.className = className
  parent.appendChild(child)
  return child
}
