import { textOf } from '../../../lib/config/fields'
import { maskAccessKeyId } from '../../../lib/sls/credentials'
import { hostText } from '../../../lib/sls/endpoint'
import type { FailureResponse, RefusalResponse } from '../admin-responses'
import { certificateName, STORED_PASSWORD, targetOf } from './dialog'
import type { EditorNode, EditorRED } from './editor-red'
import { errorText, problemText, RUNTIME_TEXTS } from './texts'
import { chosenProject, typed } from './form'

declare const RED: EditorRED

/** The catalogue with the texts of network errors. */
const PROJECT_TEXTS = 'node-red-contrib-sls-kafka/sls-project:sls-project'

/**
 * The body of a request about the chosen project; null if none is chosen. The AccessKey is included only if it was
 * typed since the last deploy, because the editor does not know the stored one. Null means the stored one.
 */
export function projectRequest(): object | null {
  const project = chosenProject()
  if (!project) return null
  const text = (field: string): string => textOf(project[field])
  return {
    id: text('id'),
    ...{ project: text('project'), endpoint: text('endpoint'), port: text('port') },
    ...{ bootstrap: text('bootstrap'), serverName: text('serverName'), tls: text('tls') },
    accessKeyId: credential(project, 'accessKeyId'),
    accessKeySecret: credential(project, 'accessKeySecret'),
    ...{ logstore: typed('logstore'), group: typed('group') },
  }
}

/** The text of a failure: its meaning and the action to take. */
export function failureText({ failure }: FailureResponse): string {
  const project = chosenProject()
  const text = (field: string): string => textOf(project?.[field])
  const { host = '', port = '' } = targetOf(text) ?? {}
  const { issuedFor } = failure
  const id = project ? credential(project, 'accessKeyId') : null
  return errorText(failure.code, {
    ...{
      host: hostText(host),
      port,
      project: textOf(project?.['project']),
      domain: textOf(project?.['endpoint']),
    },
    ...{ logstore: typed('logstore'), group: typed('group') },
    accessKeyId: id === null || id === '' || id.startsWith('$') ? '' : maskAccessKeyId(id),
    ...(issuedFor !== undefined && { issuedFor, expected: certificateName(text) }),
    detail: RED._(`${PROJECT_TEXTS}.reasons.${failure.reason}`),
  })
}

/** The text of a refusal. */
export function refusalText({ refusal, problems = [] }: RefusalResponse): string {
  if (refusal !== 'settings-invalid') return RED._(`${RUNTIME_TEXTS}.refusals.${refusal}`)
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
