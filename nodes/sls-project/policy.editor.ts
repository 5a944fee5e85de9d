import { isVariable } from '../../lib/config/fields'
import { ramPolicy } from '../../lib/sls/ram-policy'
import { element } from '../common/dialog.editor'
import type { EditorRED, JQuery } from '../common/editor-red'
import { inputOf, typed } from './form.editor'

declare const RED: EditorRED
declare const $: JQuery

/** The console of the mainland and the international one, which have accounts of their own. */
const RAM_CONSOLE = {
  zh: 'https://ram.console.aliyun.com/policies',
  en: 'https://ram.console.alibabacloud.com/policies',
}

/** The policy that a RAM user needs, with the project's name in it, to be copied into the console. */
export function preparePolicy(): void {
  const listing = element('sls-project-list-logstores') as HTMLInputElement
  const show = (): void => {
    const project = typed('project')
    element('sls-project-policy').textContent = ramPolicy({
      project: project === '' || isVariable(project) ? 'my-project' : project,
      listsLogstores: listing.checked,
    })
  }
  $(inputOf('project')).on('change keyup paste', show)
  listing.addEventListener('change', show)
  show()

  const copy = element('sls-project-copy-policy')
  copy.addEventListener('click', () => {
    const policy = element('sls-project-policy').textContent
    RED.clipboard.copyText(policy, $(copy), 'clipboard.copyMessageValue')
  })
  const language = RED.i18n.lang().startsWith('zh') ? 'zh' : 'en'
  ;(element('sls-project-ram-console') as HTMLAnchorElement).href = RAM_CONSOLE[language]
}
