import { escapeControls } from '../../../../lib/text'
import type { CompletingResponse, FailureResponse } from '../../../shared/admin-responses'
import { element } from '../../../shared/editor/dialog'
import type { EditorNode } from '../../../shared/editor/editor-red'
import { input, onChange, typed } from '../../../shared/editor/form'
import { postLines } from '../../../shared/editor/post-lines'
import { planAcks, type AckPlan } from './ack-plan'
import { addToFlow, obstacleTo } from './add-to-flow'
import { additionLines, placeLines, wiringText } from './plan-texts'
import { readGraph } from './read-graph'

/** The node whose dialog opens with the plan shown, because the action asked for it. */
let wanted: string | null = null

/** Lets the dialog that opens next show its plan at once. */
export function showPlanAtOpening(id: string): void {
  wanted = id
}

/** The button "Acknowledge this flow", which shows what is missing and adds it. */
export class AckButton {
  readonly #node: EditorNode
  readonly #area = element('sls-kafka-in-wiring')
  #completing: readonly string[] = []
  #isPlanShown = false
  readonly #end: () => void

  constructor(node: EditorNode) {
    this.#node = node
    element('sls-kafka-in-acknowledge').addEventListener('click', () => {
      this.#showPlan()
    })
    onChange(['commit'], () => {
      this.#isPlanShown &&= typed('commit') === 'onAck'
      this.#show()
    })
    this.#end = this.#requestTypes()
    if (wanted === node['id']) this.#showPlan()
    else this.#show()
    wanted = null
  }

  /** Aborts a running request. Call this when the dialog closes. */
  end(): void {
    this.#end()
  }

  /** Asks the server which types of deployed nodes complete. Without a response, only core types are known. */
  #requestTypes(): () => void {
    return postLines<CompletingResponse | FailureResponse>(
      'sls-kafka-in/completing',
      {},
      {
        onLine: (response) => {
          if (!('types' in response)) return
          this.#completing = response.types
          this.#show()
        },
        onRefused: () => undefined,
        onEnd: () => undefined,
      },
    )
  }

  #showPlan(): void {
    this.#isPlanShown = true
    if (typed('commit') !== 'onAck') {
      input('commit').val('onAck')
      input('commit').trigger('change')
    }
    this.#show()
    const button = this.#area.querySelector('button')
    // By keyboard, the next key adds.
    button?.focus()
    this.#area.scrollIntoView({ block: 'nearest' })
  }

  #plan(): AckPlan {
    return planAcks(readGraph(), String(this.#node['id']), this.#completing)
  }

  #show(): void {
    const hadFocus = this.#area.contains(document.activeElement)
    this.#area.replaceChildren()
    if (typed('commit') !== 'onAck') return
    const plan = this.#plan()
    const added = this.#isPlanShown ? additionLines(plan) : []
    const places = placeLines(plan)
    if (this.#isPlanShown && added.length === 0) {
      this.#area.append(paragraph(wiringText(places.length > 0 ? 'none-to-add' : 'complete-flow')))
    }
    if (added.length > 0) this.#area.append(paragraph(wiringText('adds')), list(added))
    if (places.length > 0) this.#area.append(paragraph(wiringText('look-at')), list(places))
    if (added.length === 0) return
    const obstacle = obstacleTo(plan)
    if (obstacle) {
      this.#area.append(paragraph(wiringText(obstacle.key, { flow: obstacle.flow })))
      return
    }
    const button = this.#addButton()
    this.#area.append(button)
    if (hadFocus) button.focus()
  }

  #addButton(): HTMLButtonElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.id = 'sls-kafka-in-add-acks'
    button.className = 'red-ui-button'
    button.textContent = wiringText('add')
    button.addEventListener('click', () => {
      // Saving is a step of its own in the editor's history.
      element('node-dialog-ok').click()
      const plan = this.#plan()
      if (!obstacleTo(plan)) addToFlow(plan)
    })
    return button
  }
}

function paragraph(text: string): HTMLElement {
  const shown = document.createElement('p')
  shown.textContent = text
  return shown
}

function list(lines: readonly string[]): HTMLElement {
  const shown = document.createElement('ul')
  for (const line of lines) {
    shown.appendChild(document.createElement('li')).textContent = escapeControls(line)
  }
  return shown
}
