import { escapeControls } from '../../../lib/text'
import { element } from '../../shared/editor/dialog'
import type { JQuery } from '../../shared/editor/editor-red'
import type { Translate } from '../../../lib/translate'
import { inputOf, typedCertificateName } from './form'

declare const $: JQuery

/** Shows below the server name which name certificates are checked for. */
export function prepareServerName(translate: Translate): void {
  const line = element('sls-project-certificate-name')
  const show = (): void => {
    const name = escapeControls(typedCertificateName())
    line.textContent = name && translate('sls-project.certificate.checked-for', { name })
    line.hidden = name === ''
  }
  for (const field of ['project', 'endpoint', 'bootstrap', 'serverName', 'tls'] as const) {
    $(inputOf(field)).on('change keyup paste input', show)
  }
  show()
}
