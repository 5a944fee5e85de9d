import { isVariable } from '../../../lib/config/fields'
import { POLICY_ACCESS, ramPolicy, type PolicyAccess } from '../../../lib/sls/ram-policy'
import { element } from '../../shared/editor/dialog'
import type { EditorNode, EditorRED, JQuery } from '../../shared/editor/editor-red'
import { inputOf, typed } from './form'

declare const RED: EditorRED
declare const $: JQuery

/** The RAM consoles for China and for other countries, which have separate accounts. */
const RAM_CONSOLE = {
  zh: 'https://ram.console.aliyun.com/policies',
  en: 'https://ram.console.alibabacloud.com/policies',
}

/** Shows the RAM policy for the typed project, with a button that copies the policy. */
export function preparePolicy(node: EditorNode): void {
  const access = element('sls-project-access') as HTMLSelectElement
  access.value = accessOf(node)
  const listing = element('sls-project-list-logstores') as HTMLInputElement
  const show = (): void => {
    const project = typed('project')
    element('sls-project-policy').textContent = ramPolicy({
      access: POLICY_ACCESS.find((one) => one === access.value) ?? 'read',
      project: project === '' || isVariable(project) ? 'my-project' : project,
      listsLogstores: listing.checked,
    })
  }
  $(inputOf('project')).on('change keyup paste', show)
  listing.addEventListener('change', show)
  access.addEventListener('change', show)
  show()

  const copy = element('sls-project-copy-policy')
  copy.addEventListener('click', () => {
    const policy = element('sls-project-policy').textContent
    RED.clipboard.copyText(policy, $(copy), 'clipboard.copyMessageValue')
  })
  const language = RED.i18n.lang().startsWith('zh') ? 'zh' : 'en'
  ;(element('sls-project-ram-console') as HTMLAnchorElement).href = RAM_CONSOLE[language]
}

/** What the nodes of a project need; to read if it has none. */
function accessOf(project: EditorNode): PolicyAccess {
  const isUsedBy = (type: string): boolean =>
    RED.nodes.filterNodes({ type }).some((node) => node['project'] === project['id'])
  if (!isUsedBy('sls-kafka-out')) return 'read'
  return isUsedBy('sls-kafka-in') ? 'both' : 'write'
}
