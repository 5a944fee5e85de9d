import { LogstoreError } from './logstore-error'
import { FILTERED_ANSWERS, type FilteredAnswer, type ViewDefinition } from './view'

type JsonObject = Readonly<Partial<Record<string, unknown>>>

/** SLS's rule: N of `<logstore>.N` is 0 to 31. Source: sls-doc, kafka_spl.md. */
const MAX_VIEW_ID = 31

const FIELDS = ['id', 'where', 'project', 'filtered']

/**
 * Makes the definition of a view of its JSON form, as the control channel takes it.
 *
 * @param defaultAnswer for a description without `filtered`
 * @throws LogstoreError which says what is wrong
 */
export function parseView(description: JsonObject, defaultAnswer: FilteredAnswer): ViewDefinition {
  const unknown = Object.keys(description).find((name) => !FIELDS.includes(name))
  if (unknown !== undefined) throw new LogstoreError(`a view has no "${unknown}"`)
  const { id, where, project, filtered = defaultAnswer } = description
  const definition = { id: parseId(id), where: parseWhere(where), filtered: parseAnswer(filtered) }
  return project === undefined ? definition : { ...definition, project: parseProject(project) }
}

/**
 * Reads the form of the command line: `my-store.3:status=500`.
 *
 * @throws LogstoreError which says what is wrong
 */
export function parseViewText(
  text: string,
  filtered: FilteredAnswer,
): { readonly logstore: string; readonly definition: ViewDefinition } {
  const [, logstore = '', id = '', field = '', equals = ''] =
    /^([^.:]+)\.(\d+):([^=]+)=(.*)$/s.exec(text) ?? []
  if (logstore === '') {
    throw new LogstoreError(`a view is written as my-store.3:status=500, not "${text}"`)
  }
  return { logstore, definition: parseView({ id: Number(id), where: { field, equals } }, filtered) }
}

function parseId(id: unknown): number {
  if (Number.isInteger(id) && Number(id) >= 0 && Number(id) <= MAX_VIEW_ID) return Number(id)
  throw new LogstoreError(`"id" of a view is a whole number from 0 to ${MAX_VIEW_ID}`)
}

function parseWhere(where: unknown): ViewDefinition['where'] {
  const { field, equals, ...more } = (where ?? {}) as JsonObject
  const isWhole = isName(field) && typeof equals === 'string' && Object.keys(more).length === 0
  if (isWhole) return { field, equals }
  throw new LogstoreError('"where" of a view is {"field": name, "equals": text}')
}

function parseProject(project: unknown): string[] {
  if (Array.isArray(project) && project.length > 0 && project.every(isName)) return project
  throw new LogstoreError('"project" of a view is a list of field names, at least one')
}

function parseAnswer(filtered: unknown): FilteredAnswer {
  const answer = FILTERED_ANSWERS.find((candidate) => candidate === filtered)
  if (answer) return answer
  throw new LogstoreError(`"filtered" of a view is one of ${FILTERED_ANSWERS.join(', ')}`)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
