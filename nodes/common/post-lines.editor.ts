import type { RefusalAnswer } from './admin-answers'
import type { JQuery } from './editor-red'

declare const $: JQuery

export interface LinesListener<Line> {
  onLine(line: Line): void
  onRefused(answer: RefusalAnswer): void
  /** After the last line. */
  onEnd(): void
}

/**
 * Asks an admin endpoint, and tells of each line of its answer as it comes.
 *
 * @returns what ends it, after which nothing more is told
 */
export function postLines<Line>(
  url: string,
  body: object,
  listener: LinesListener<Line>,
): () => void {
  let told = 0
  let isEnded = false
  const tell = (text: string): void => {
    const lines = text.split('\n').slice(0, -1)
    for (const line of lines.slice(told)) {
      if (!isEnded) listener.onLine(JSON.parse(line) as Line)
    }
    told = lines.length
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
        if (status === 200) tell(responseText)
      },
    },
  })
  call
    .done((text) => {
      tell(text)
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

/** Why the server did not answer, whoever refused: one of our endpoints, Node-RED or a proxy. */
export function refusalOf(status: number, text: string): RefusalAnswer {
  try {
    const answer = JSON.parse(text) as Partial<RefusalAnswer>
    if (answer.refusal) return { ...answer, refusal: answer.refusal }
  } catch {
    // Of a proxy, or of nobody.
  }
  return { refusal: status === 401 || status === 403 ? 'not-allowed' : 'failed' }
}
