import { isIntranet } from '../../../lib/sls/endpoint'
import { textOf } from '../../../lib/config/fields'
import type { FailureResponse, PositionResponse } from '../../shared/admin-responses'
import { element } from '../../shared/editor/dialog'
import type { EditorNode } from '../../shared/editor/editor-red'
import { postLines } from '../../shared/editor/post-lines'
import { chosenProject, onChange, showText, typed } from '../../shared/editor/form'
import { projectRequest } from '../../shared/editor/project-request'

/** Delay before a request, because several fields can change at once. */
const DEBOUNCE_MS = 300

/**
 * The hint at "A new group starts at": the choice has no effect if the group has committed offsets, and "earliest"
 * costs public traffic. The dialog requests the offsets by itself, so failures are not shown.
 */
export class StartHints {
  readonly #node: EditorNode
  readonly #hint = element('sls-kafka-in-start-hint')
  #position: PositionResponse | null = null
  #lastRequest = ''
  #end = (): void => undefined

  constructor(node: EditorNode) {
    this.#node = node
    onChange(['project', 'logstore', 'group'], () => {
      this.#request()
    })
    onChange(['startFrom', 'project'], () => {
      this.#show()
    })
    this.#request()
    this.#show()
  }

  /** Aborts a running request. Call this when the dialog closes. */
  end(): void {
    this.#end()
  }

  #request(): void {
    const request = projectRequest()
    const key = JSON.stringify(request)
    if (key === this.#lastRequest) return
    this.#end()
    this.#lastRequest = key
    this.#position = null
    this.#show()
    if (!request || typed('logstore') === '' || typed('group') === '') return
    const timer = setTimeout(() => {
      const cancel = this.#post(request)
      this.#end = cancel
    }, DEBOUNCE_MS)
    this.#end = () => {
      clearTimeout(timer)
    }
  }

  #post(request: object): () => void {
    return postLines<PositionResponse | FailureResponse>('sls-kafka-in/position', request, {
      onLine: (response) => {
        if (!('committed' in response)) return
        this.#position = response
        this.#show()
      },
      onRefused: () => undefined,
      onEnd: () => undefined,
    })
  }

  #show(): void {
    showText(this.#hint, this.#text())
  }

  #text(): string {
    const { committed = 0, shards = 0 } = this.#position ?? {}
    if (committed > 0) return this.#node._('sls-kafka-in.start.known', { committed, shards })
    return typed('startFrom') === 'earliest' && isPublic()
      ? this.#node._('sls-kafka-in.start.billed')
      : ''
  }
}

/** Whether connections use the public network; false with a bootstrap address, whose network is unknown. */
function isPublic(): boolean {
  const project = chosenProject()
  const endpoint = textOf(project?.['endpoint'])
  return endpoint !== '' && !isIntranet(endpoint) && textOf(project?.['bootstrap']) === ''
}
