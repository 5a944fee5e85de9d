type Outcome = 'passed' | 'failed'

const ICONS = { running: 'fa-spinner fa-spin', passed: 'fa-check', failed: 'fa-times' }

/** Steps, each with what came of it, and one sentence at the end; read out as it grows. */
export class StepList {
  readonly #root: HTMLElement

  constructor(root: HTMLElement) {
    this.#root = root
  }

  clear(): void {
    this.#root.replaceChildren()
  }

  begin(name: string): void {
    const line = add(this.#root, 'div', 'sls-project-step')
    add(line, 'i', `fa ${ICONS.running}`).setAttribute('aria-hidden', 'true')
    add(line, 'span', 'sls-project-step-name').textContent = name
    add(line, 'span', 'sls-project-step-found')
  }

  /** Ends the step that was begun last. */
  end(outcome: Outcome, found: string): void {
    const line = this.#root.lastElementChild
    if (!line) return
    line.classList.add(`sls-project-${outcome}`)
    line.children[0]?.setAttribute('class', `fa ${ICONS[outcome]}`)
    if (line.children[2]) line.children[2].textContent = found
  }

  conclude(outcome: Outcome, text: string, code = ''): void {
    const box = add(this.#root, 'div', `form-tips sls-project-conclusion sls-project-${outcome}`)
    if (code) add(box, 'code', '').textContent = code
    add(box, 'span', '').textContent = text
  }
}

function add(parent: Element, tag: string, className: string): HTMLElement {
  const child = document.createElement(tag)
  child.className = className
  parent.appendChild(child)
  return child
}
