import { escapeControls } from '../../../lib/text'
import type { FailureResponse, LogstoresResponse } from '../admin-responses'
import type { Completion, EditorRED, JQuery } from './editor-red'
import { postLines } from './post-lines'
import { failureText, projectRequest, refusalText } from './project-request'
import { RUNTIME_TEXTS } from './texts'

declare const RED: EditorRED
declare const $: JQuery

export type Listed = LogstoresResponse['logstores']

/** The logstores of the chosen project. They are requested once, until `forget`. */
export class LogstoreList {
  #listed: Listed | null = null
  #abort = (): void => undefined

  /** Null before the first list has come. */
  get listed(): Listed | null {
    return this.#listed
  }

  /** Requests the list. @param done gets the list, or the text that says why there is none */
  request(done: (result: Listed | string) => void): void {
    this.forget()
    let isDone = false
    const finish = (result: Listed | string): void => {
      isDone = true
      done(result)
    }
    const request = projectRequest()
    if (!request) {
      done(lookupText('no-project'))
      return
    }
    this.#abort = postLines<LogstoresResponse | FailureResponse>(
      'sls-kafka-in/logstores',
      // An incomplete logstore or group must not cause a refusal.
      { ...request, logstore: '', group: '' },
      {
        onLine: (response) => {
          if ('failure' in response) finish(failureText(response))
          else if (response.logstores.length === 0) finish(lookupText('not-listed'))
          else {
            this.#listed = response.logstores
            finish(response.logstores)
          }
        },
        onRefused: (refusal) => {
          finish(refusalText(refusal))
        },
        onEnd: () => {
          if (!isDone) done('')
        },
      },
    )
  }

  /** Aborts a running request and forgets the list. */
  forget(): void {
    this.#abort()
    this.#listed = null
  }
}

/** A logstore as an entry of the list below a field, with the number of its shards. */
export function logstoreEntry({ name, shards }: Listed[number], className: string): Completion {
  const label = document.createElement('div')
  label.className = className
  label.appendChild(document.createElement('span')).textContent = escapeControls(name)
  const count = lookupText('shards', { shards })
  label.appendChild(document.createElement('span')).textContent = count
  return { value: name, label: $(label) }
}

function lookupText(key: string, values: Readonly<Record<string, number>> = {}): string {
  return RED._(`${RUNTIME_TEXTS}.lookup.${key}`, values)
}
