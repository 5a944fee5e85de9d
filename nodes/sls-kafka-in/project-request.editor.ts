import { textOf } from '../../lib/config/fields'
import { maskAccessKeyId } from '../../lib/sls/credentials'
import { hostText } from '../../lib/sls/endpoint'
import { regionHint } from '../../lib/sls/regions'
import type { FailureAnswer, RefusalAnswer } from '../common/admin-answers'
import { STORED_PASSWORD, targetOf } from '../common/dialog.editor'
import type { EditorNode, EditorRED } from '../common/editor-red'
import { errorText, problemText } from '../common/texts.editor'
import { chosenProject, typed } from './form.editor'

declare const RED: EditorRED

/** In whose catalogue the words for what the network did are. */
const PROJECT_TEXTS = 'node-red-contrib-sls-kafka/sls-project:sls-project'

/**
 * What the server is asked about the project that is chosen, as it stands in the editor. Its AccessKey
 * goes along only if it was typed since the last deploy: the editor knows no other; null is the one
 * that the server has. Null if no project is chosen.
 */
export function projectRequest(): object | null {
  const project = chosenProject()
  if (!project) return null
  const text = (field: string): string => textOf(project[field])
  return {
    id: text('id'),
    ...{ project: text('project'), endpoint: text('endpoint'), port: text('port') },
    ...{ bootstrap: text('bootstrap'), tls: text('tls') },
    accessKeyId: credential(project, 'accessKeyId'),
    accessKeySecret: credential(project, 'accessKeySecret'),
    ...{ logstore: typed('logstore'), group: typed('group') },
  }
}

/** What went wrong and what to do. */
export function failureText({ failure }: FailureAnswer): string {
  const project = chosenProject()
  const { host = '', port = '' } = (project && targetOf((field) => textOf(project[field]))) ?? {}
  const id = project ? credential(project, 'accessKeyId') : null
  return errorText(failure.code, {
    ...(failure.code === 'SLS_HOST_NOT_FOUND' && regionHint(host)),
    ...{
      host: hostText(host),
      port,
      project: textOf(project?.['project']),
      domain: textOf(project?.['endpoint']),
    },
    ...{ logstore: typed('logstore'), group: typed('group') },
    accessKeyId: id === null || id === '' || id.startsWith('$') ? '' : maskAccessKeyId(id),
    detail: RED._(`${PROJECT_TEXTS}.reasons.${failure.reason}`),
  })
}

/** Why the server did not look. */
export function refusalText(node: EditorNode, { refusal, problems = [] }: RefusalAnswer): string {
  if (refusal !== 'settings-invalid') return node._(`sls-kafka-in.refusals.${refusal}`)
  return problems.map((problem) => problemText(problem, valueAt(problem.field))).join(' ')
}

function valueAt(field: string): string {
  return ['logstore', 'group'].includes(field) ? typed(field) : textOf(chosenProject()?.[field])
}

function credential(project: EditorNode, name: string): string | null {
  const typedOnes = project['credentials'] as Readonly<Record<string, unknown>> | undefined
  const value = typedOnes?.[name]
  return typeof value === 'string' && value !== STORED_PASSWORD ? value : null
}
