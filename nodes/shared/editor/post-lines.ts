import type { RefusalResponse } from '../admin-responses'
import type { JQuery } from './editor-red'

declare const $: JQuery

/** Receives the lines of a response, one by one. */
export interface LinesListener<Line> {
  onLine(line: Line): void
  onRefused(refusal: RefusalResponse): void
  /** Called after the last line. */
  onEnd(): void
}

/**
 * Sends a request to an admin endpoint and passes each line of the response on as the line arrives.
 *
 * @returns a function that aborts the request. The listener is not called after an abort.
 */
export function postLines<Line>(
  url: string,
  body: object,
  listener: LinesListener<Line>,
): () => void {
  let lineCount = 0
  let isEnded = false
  const passOn = (text: string): void => {
    const lines = text.split('\n').slice(0, -1)
    for (const line of lines.slice(lineCount)) {
      if (!isEnded) listener.onLine(JSON.parse(line) as Line)
    }
    lineCount = lines.length
  }
  const call = $.ajax({
    url,
    method: 'POST',
    contentType: 'application/json',
    data: JSON.stringify(body),
    dataType: 'text',
    xhrFields: {
      onprogress: (event) => {
        const { status, responseText } = event.currentTarget as XMLHttpRequest
        if (status === 200) passOn(responseText)
      },
    },
  })
  call
    .done((text) => {
      passOn(text)
      if (!isEnded) listener.onEnd()
    })
    .fail(({ status, responseText }) => {
      if (!isEnded) listener.onRefused(refusalOf(status, responseText ?? ''))
    })
  return () => {
    isEnded = true
    call.abort()
  }
}

/** The refusal in a failed response, which can come from an admin endpoint, Node-RED or a proxy. */
export function refusalOf(status: number, text: string): RefusalResponse {
  try {
    const response = JSON.parse(text) as Partial<RefusalResponse>
    if (response.refusal) return { ...response, refusal: response.refusal }
  } catch {
    // A proxy sends no JSON, and a broken connection no text.
  }
  return { refusal: status === 401 || status === 403 ? 'not-allowed' : 'failed' }
}
