import { element } from '../../shared/editor/dialog'
import type { Completion } from '../../shared/editor/editor-red'
import { input, onChange, showText, typed } from '../../shared/editor/form'
import { LogstoreList, logstoreEntry, type Listed } from '../../shared/editor/logstore-list'

/** The logstore field, which lists the logstores of the project and takes any other name as well. */
export class LogstorePicker {
  readonly #button = element('sls-kafka-in-look-up') as HTMLButtonElement
  readonly #hint = element('sls-kafka-in-logstore-hint')
  readonly #list = new LogstoreList()
  #isBrowsing = false

  constructor() {
    // With a length of 0, Shift+Tab into the empty field would open the list, and Tab would choose an item.
    input('logstore').autoComplete({
      minLength: 1,
      search: (text) => this.#entries(text),
    })
    this.#button.addEventListener('click', () => {
      if (this.#list.listed) this.#browse()
      else this.#listLogstores()
    })
    onChange(['project'], () => {
      this.#reset()
    })
  }

  /** Aborts a running request. Call this when the dialog closes. */
  end(): void {
    this.#list.forget()
  }

  #listLogstores(): void {
    this.#reset()
    this.#setRunning(true)
    this.#list.request((result) => {
      this.#setRunning(false)
      if (typeof result === 'string') showText(this.#hint, result)
      else this.#browse()
    })
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
    const listed = this.#list.listed ?? []
    const wanted = text.trim().toLowerCase()
    if (this.#isBrowsing) {
      const chosen = typed('logstore')
      return [...listed].sort((a, b) => Number(b.name === chosen) - Number(a.name === chosen))
    }
    return listed.filter(({ name }) => name.includes(wanted) && name !== wanted)
  }

  #entries(text: string): Completion[] {
    return this.#offered(text).map((logstore) => logstoreEntry(logstore, 'sls-kafka-in-logstore'))
  }

  #reset(): void {
    this.#list.forget()
    showText(this.#hint, '')
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
}
