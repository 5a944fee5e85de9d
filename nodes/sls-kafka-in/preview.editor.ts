import type { FailureAnswer, FilterAnswer, PreviewAnswer } from '../common/admin-answers'
import { element } from '../common/dialog.editor'
import type { EditorNode, EditorRED } from '../common/editor-red'
import { postLines } from '../common/post-lines.editor'
import { typed } from './form.editor'
import { failureText, projectRequest, refusalText } from './project-request.editor'

declare const RED: EditorRED

/** Shows the newest records as the messages that the flow would get, with what is typed. */
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

  /** The dialog closes. */
  end(): void {
    this.#end()
  }

  #run(): void {
    this.#end()
    this.#list.replaceChildren()
    const project = projectRequest()
    if (!project) {
      this.#tell(this.#node._('sls-kafka-in.lookup.no-project'))
      return
    }
    this.#setRunning(true)
    let count = 0
    let isFiltered = false
    const settings = Object.fromEntries(
      ['format', 'emit', 'batchSize', 'commit'].map((field) => [field, typed(field)]),
    )
    this.#end = postLines<FilterAnswer | PreviewAnswer | FailureAnswer>(
      'sls-kafka-in/preview',
      { ...project, ...settings },
      {
        onLine: (answer) => {
          if ('filter' in answer) {
            isFiltered = true
            this.#tellFilter(answer.filter)
            return
          }
          count += 1
          if ('failure' in answer) this.#tell(failureText(answer), answer.failure.code)
          else this.#show(answer, count === 1)
        },
        onEnd: () => {
          const none = isFiltered ? 'none-passes' : 'empty'
          if (count === 0) this.#tell(this.#node._(`sls-kafka-in.preview.${none}`))
          this.#setRunning(false)
        },
        onRefused: (answer) => {
          this.#tell(refusalText(this.#node, answer))
          this.#setRunning(false)
        },
      },
    )
  }

  #show({ partition, offset, shown, problem }: PreviewAnswer, isFirst: boolean): void {
    if (problem) this.#tell(this.#node._('sls-kafka-in.preview.undecodable'), problem)
    if (!shown) {
      this.#tell(this.#node._('sls-kafka-in.preview.too-large', { shard: partition, offset }))
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
        // What is before the dot is unfolded.
        expandPaths: isFirst ? ['payload.', 'kafka.'] : [],
      })
      .appendTo(payload)
  }

  #tell(text: string, code = ''): void {
    const box = append(this.#list, 'div', 'form-tips')
    if (code) append(box, 'code', '').textContent = code
    append(box, 'span', '').textContent = text
  }

  #tellFilter(statement: string): void {
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
