import { readPastedAddress, type PastedAddress } from '../../lib/sls/pasted-address'
import { element } from '../common/dialog.editor'
import type { JQuery } from '../common/editor-red'
import { logstoreBelow } from '../common/logstore-below.editor'
import type { Translate } from '../common/translate'
import { fill, inputOf, typed } from './form.editor'

declare const $: JQuery

/** Fills in what an address of the console tells, and keeps the logstore for the node that reads it. */
export class Pasted {
  readonly #translate: Translate
  /** Empty: none was pasted. */
  logstore = ''

  constructor(translate: Translate) {
    this.#translate = translate
    for (const field of ['project', 'endpoint'] as const) {
      const read = (): void => {
        this.#read(field)
      }
      $(inputOf(field)).on('change', read)
      // The field has the text only after the event.
      inputOf(field).addEventListener('paste', () => setTimeout(read))
    }
  }

  /** Hands the logstore to the dialog below, if it has none yet. */
  propose(): void {
    const input = logstoreBelow()
    if (!input || this.logstore === '' || input.value !== '') return
    $(input).val(this.logstore)
    $(input).trigger('change')
  }

  #read(field: 'project' | 'endpoint'): void {
    const address = readPastedAddress(inputOf(field).value)
    if (!address) return
    // Another project in front of an endpoint is a mistake that only the user can mend.
    const isOther = field === 'endpoint' && !['', address.project].includes(typed('project'))
    if (isOther && !inputOf(field).value.includes('/project/')) return
    this.logstore = address.logstore ?? this.logstore
    fill('project', address.project)
    if (address.endpoint !== undefined) {
      fill('endpoint', address.endpoint)
      fill('port', '')
    } else if (field === 'endpoint') fill('endpoint', '')
    this.#tell(address)
  }

  #tell({ project, logstore }: PastedAddress): void {
    const key = logstore === undefined ? 'project' : 'logstore'
    const notice = element('sls-project-pasted')
    notice.textContent = this.#translate(`sls-project.pasted.${key}`, {
      project,
      logstore: logstore ?? '',
    })
    notice.hidden = false
  }
}
