import { element } from '../../shared/editor/dialog'
import type { Completion, EditorNode, JQuery } from '../../shared/editor/editor-red'
import { onChange, showText } from '../../shared/editor/form'
import { LogstoreList, logstoreEntry, type Listed } from '../../shared/editor/logstore-list'
import { LOGSTORE_TYPES } from '../settings'

declare const $: JQuery

/** A text for which the editor wants the logstores. */
interface Typed {
  readonly text: string
  readonly done: (found: readonly Completion[]) => void
}

/** The logstore field: a text, for which the logstores of the project are listed, or a value of another type. */
export class LogstoreField {
  readonly #hint = element('sls-kafka-out-logstore-hint')
  readonly #list = new LogstoreList()
  /** What was typed last while the list is requested; null if it is not. */
  #waiting: Typed | null = null

  constructor(node: EditorNode) {
    const text = {
      value: 'str',
      label: node._('sls-kafka-out.logstore.text'),
      icon: 'red/images/typedInput/az.svg',
      autoComplete: (typed: string, done: (found: readonly Completion[]) => void) => {
        this.#find(typed, done)
      },
    }
    $('#node-input-logstore').typedInput({
      default: 'str',
      types: [text, ...LOGSTORE_TYPES.filter((type) => type !== 'str')],
      typeField: $('#node-input-logstoreType'),
    })
    onChange(['project'], () => {
      this.end()
      showText(this.#hint, '')
    })
  }

  /** Aborts a running request. Call this when the dialog closes. */
  end(): void {
    this.#waiting = null
    this.#list.forget()
  }

  #find(text: string, done: Typed['done']): void {
    const { listed } = this.#list
    if (listed) {
      done(fitting(text, listed))
      return
    }
    const isRequested = this.#waiting !== null
    this.#waiting = { text, done }
    // The server refuses a second request while the first one runs.
    if (isRequested) return
    this.#list.request((result) => {
      const waiting = this.#waiting
      this.#waiting = null
      const isProblem = typeof result === 'string'
      showText(this.#hint, isProblem ? result : '')
      waiting?.done(isProblem ? [] : fitting(waiting.text, result))
    })
  }
}

function fitting(text: string, listed: Listed): Completion[] {
  const wanted = text.trim().toLowerCase()
  return listed
    .filter(({ name }) => name.includes(wanted) && name !== wanted)
    .map((logstore) => logstoreEntry(logstore, 'sls-kafka-out-logstore'))
}
