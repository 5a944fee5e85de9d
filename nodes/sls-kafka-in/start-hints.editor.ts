import { isIntranet } from '../../lib/sls/endpoint'
import { textOf } from '../../lib/config/fields'
import type { FailureAnswer, PositionAnswer } from '../common/admin-answers'
import { element } from '../common/dialog.editor'
import type { EditorNode } from '../common/editor-red'
import { postLines } from '../common/post-lines.editor'
import { chosenProject, onChange, tell, typed } from './form.editor'
import { projectRequest } from './project-request.editor'

/** Milliseconds: several fields may change at once. */
const REST = 300

/**
 * Says at "A new group starts at" what the choice means here: nothing, if the group has a position
 * already; or the cost of reading everything. Nobody asked for it, so what goes wrong is not told.
 */
export class StartHints {
  readonly #node: EditorNode
  readonly #hint = element('sls-kafka-in-start-hint')
  #position: PositionAnswer | null = null
  #asked = ''
  #end = (): void => undefined

  constructor(node: EditorNode) {
    this.#node = node
    onChange(['project', 'logstore', 'group'], () => {
      this.#ask()
    })
    onChange(['startFrom', 'project'], () => {
      this.#show()
    })
    this.#ask()
    this.#show()
  }

  /** The dialog closes. */
  end(): void {
    this.#end()
  }

  #ask(): void {
    const request = projectRequest()
    const question = JSON.stringify(request)
    if (question === this.#asked) return
    this.#end()
    this.#asked = question
    this.#position = null
    this.#show()
    if (!request || typed('logstore') === '' || typed('group') === '') return
    const timer = setTimeout(() => {
      const cancel = this.#post(request)
      this.#end = cancel
    }, REST)
    this.#end = () => {
      clearTimeout(timer)
    }
  }

  #post(request: object): () => void {
    return postLines<PositionAnswer | FailureAnswer>('sls-kafka-in/position', request, {
      onLine: (answer) => {
        if (!('committed' in answer)) return
        this.#position = answer
        this.#show()
      },
      onRefused: () => undefined,
      onEnd: () => undefined,
    })
  }

  #show(): void {
    tell(this.#hint, this.#text())
  }

  #text(): string {
    const { committed = 0, shards = 0 } = this.#position ?? {}
    if (committed > 0) return this.#node._('sls-kafka-in.start.known', { committed, shards })
    return typed('startFrom') === 'earliest' && isPublic()
      ? this.#node._('sls-kafka-in.start.billed')
      : ''
  }
}

/** What stands behind a bootstrap is not known. */
function isPublic(): boolean {
  const project = chosenProject()
  const endpoint = textOf(project?.['endpoint'])
  return endpoint !== '' && !isIntranet(endpoint) && textOf(project?.['bootstrap']) === ''
}
