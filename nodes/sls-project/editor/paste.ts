import { readPastedAddress, type PastedAddress } from '../../../lib/sls/pasted-address'
import { element } from '../../shared/editor/dialog'
import type { JQuery } from '../../shared/editor/editor-red'
import { sharedLogstoreField } from '../../shared/editor/shared-logstore-field'
import type { Translate } from '../../../lib/translate'
import { fill, inputOf, typed } from './form'

declare const $: JQuery

/** Fills in project and endpoint from a pasted console address, and keeps the logstore for the `sls in` node. */
export class Pasted {
  readonly #translate: Translate
  #project = ''
  #logstore = ''

  constructor(translate: Translate) {
    this.#translate = translate
    for (const field of ['project', 'endpoint'] as const) {
      const read = (): void => {
        this.#read(field)
      }
      $(inputOf(field)).on('change', read)
      // The field has the pasted text only after the event.
      inputOf(field).addEventListener('paste', () => setTimeout(read))
    }
  }

  /** The logstore of the pasted address; empty if there is none, or if the project is another one now. */
  get logstore(): string {
    return typed('project') === this.#project ? this.#logstore : ''
  }

  /** Fills the logstore into the `sls in` dialog below, if its field is empty. */
  propose(): void {
    const input = sharedLogstoreField()
    if (!input || this.logstore === '' || input.value !== '') return
    $(input).val(this.logstore)
    $(input).trigger('change')
  }

  #read(field: 'project' | 'endpoint'): void {
    const address = readPastedAddress(inputOf(field).value)
    if (!address) return
    // Only the user can resolve an endpoint whose prefix is another project.
    const isOther = field === 'endpoint' && !['', address.project].includes(typed('project'))
    if (isOther && !inputOf(field).value.includes('/project/')) return
    if (address.logstore !== undefined || address.project !== this.#project) {
      this.#logstore = address.logstore ?? ''
    }
    this.#project = address.project
    fill('project', address.project)
    if (address.endpoint !== undefined) {
      fill('endpoint', address.endpoint)
      fill('port', '')
    } else if (field === 'endpoint') fill('endpoint', '')
    this.#showNotice(address)
  }

  #showNotice({ project, logstore }: PastedAddress): void {
    const key = logstore === undefined ? 'project' : 'logstore'
    const notice = element('sls-project-pasted')
    notice.textContent = this.#translate(`sls-project.pasted.${key}`, {
      project,
      logstore: logstore ?? '',
    })
    notice.hidden = false
  }
}
