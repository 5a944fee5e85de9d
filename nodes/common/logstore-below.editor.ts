/**
 * The field of the logstore in the dialog of an `sls-kafka-in`, for the dialog of its project: while
 * that lies over it the editor takes it out of the page, so that it cannot be looked for.
 */
const FIELD = Symbol.for('node-red-contrib-sls-kafka.logstore')

type Holder = Document & { [FIELD]?: HTMLInputElement | null }

/** @param field null when the dialog closes */
export function shareLogstore(field: HTMLElement | null): void {
  ;(document as Holder)[FIELD] = field as HTMLInputElement | null
}

/** Null if no such dialog is open. */
export function logstoreBelow(): HTMLInputElement | null {
  return (document as Holder)[FIELD] ?? null
}
