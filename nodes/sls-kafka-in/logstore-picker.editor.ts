import { visible } from '../../lib/visible'
import type { LogstoresAnswer, FailureAnswer } from '../common/admin-answers'
import { element } from '../common/dialog.editor'
import type { EditorNode, JQuery, JQueryElement } from '../common/editor-red'
import { postLines } from '../common/post-lines.editor'
import { input, onChange, tell, typed } from './form.editor'
import { failureText, projectRequest, refusalText } from './project-request.editor'

declare const $: JQuery

type Listed = LogstoresAnswer['logstores']

/** The field of the logstore: looks up what the project has, and takes any other name as well. */
export class LogstorePicker {
  readonly #node: EditorNode
  readonly #button = element('sls-kafka-in-look-up') as HTMLButtonElement
  readonly #hint = element('sls-kafka-in-logstore-hint')
  #listed: Listed | null = null
  #isBrowsing = false
  #end = (): void => undefined

  constructor(node: EditorNode) {
    this.#node = node
    // Above zero, or Shift+Tab into the empty field would open the list and Tab then choose from it.
    input('logstore').autoComplete({
      minLength: 1,
      search: (text) => this.#offered(text).map((logstore) => this.#choice(logstore)),
    })
    this.#button.addEventListener('click', () => {
      if (this.#listed) this.#browse()
      else this.#lookUp()
    })
    onChange(['project'], () => {
      this.#forget()
    })
  }

  /** The dialog closes. */
  end(): void {
    this.#end()
  }

  #lookUp(): void {
    const request = projectRequest()
    if (!request) {
      this.#tell('no-project')
      return
    }
    this.#forget()
    this.#setRunning(true)
    this.#end = postLines<LogstoresAnswer | FailureAnswer>(
      'sls-kafka-in/logstores',
      // Neither need be known, and what is half typed is no reason to refuse.
      { ...request, logstore: '', group: '' },
      {
        onLine: (answer) => {
          if ('failure' in answer) tell(this.#hint, failureText(answer))
          else this.#show(answer.logstores)
        },
        onEnd: () => {
          this.#setRunning(false)
        },
        onRefused: (answer) => {
          this.#setRunning(false)
          tell(this.#hint, refusalText(this.#node, answer))
        },
      },
    )
  }

  #show(logstores: Listed): void {
    if (logstores.length === 0) {
      this.#tell('not-listed')
      return
    }
    this.#listed = logstores
    this.#browse()
  }

  #browse(): void {
    const field = input('logstore')
    element('node-input-logstore').focus()
    this.#isBrowsing = true
    field.autoComplete('option', 'minLength', 0)
    field.trigger('keyup')
    field.autoComplete('option', 'minLength', 1)
    this.#isBrowsing = false
  }

  #offered(text: string): Listed {
    const listed = this.#listed ?? []
    const wanted = text.trim().toLowerCase()
    if (this.#isBrowsing) {
      const chosen = typed('logstore')
      return [...listed].sort((a, b) => Number(b.name === chosen) - Number(a.name === chosen))
    }
    return listed.filter(({ name }) => name.includes(wanted) && name !== wanted)
  }

  #choice({ name, shards }: Listed[number]): { value: string; label: JQueryElement } {
    const label = document.createElement('div')
    label.className = 'sls-kafka-in-logstore'
    label.appendChild(document.createElement('span')).textContent = visible(name)
    const count = this.#node._('sls-kafka-in.lookup.shards', { shards })
    label.appendChild(document.createElement('span')).textContent = count
    return { value: name, label: $(label) }
  }

  #forget(): void {
    this.#end()
    this.#listed = null
    tell(this.#hint, '')
    this.#setRunning(false)
  }

  #setRunning(isRunning: boolean): void {
    this.#button.disabled = isRunning
    this.#button.setAttribute('aria-busy', String(isRunning))
    this.#button.firstElementChild?.setAttribute(
      'class',
      isRunning ? 'fa fa-spinner fa-spin' : 'fa fa-caret-down',
    )
  }

  #tell(key: 'no-project' | 'not-listed'): void {
    tell(this.#hint, this.#node._(`sls-kafka-in.lookup.${key}`))
  }
}
