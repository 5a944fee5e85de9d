/**
 * Key of the logstore field of an open `sls in` dialog. The dialog of the project, which opens on top, reads and
 * fills this field. The editor then removes the lower dialog from the page, so `getElementById` cannot find it.
 */
const FIELD = Symbol.for('node-red-contrib-sls-kafka.logstore')

type Holder = Document & { [FIELD]?: HTMLInputElement | null }

/** Shares the logstore field with the dialog of the project. @param field null when the `sls in` dialog closes */
export function shareLogstoreField(field: HTMLElement | null): void {
  ;(document as Holder)[FIELD] = field as HTMLInputElement | null
}

/** The logstore field of the open `sls in` dialog; null if no such dialog is open. */
export function sharedLogstoreField(): HTMLInputElement | null {
  return (document as Holder)[FIELD] ?? null
}
