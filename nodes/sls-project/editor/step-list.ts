type Outcome = 'passed' | 'failed'

const ICONS = { running: 'fa-spinner fa-spin', passed: 'fa-check', failed: 'fa-times' }

/** The list of steps with their results, and a concluding sentence. Screen readers announce additions. */
export class StepList {
  readonly #root: HTMLElement

  constructor(root: HTMLElement) {
    this.#root = root
  }

  clear(): void {
    this.#root.replaceChildren()
  }

  /** Adds a running step. */
  begin(name: string): void {
    const line = add(this.#root, 'div', 'sls-project-step')
    add(line, 'i', `fa ${ICONS.running}`).setAttribute('aria-hidden', 'true')
    add(line, 'span', 'sls-project-step-name').textContent = name
    add(line, 'span', 'sls-project-step-found')
    line.scrollIntoView({ block: 'nearest' })
  }

  /** Ends the last step. @param found the result, and the time that the step took */
  end(outcome: Outcome, found: string): void {
    const line = this.#root.lastElementChild
    if (!line) return
    line.classList.add(`sls-project-${outcome}`)
    line.children[0]?.setAttribute('class', `fa ${ICONS[outcome]}`)
    if (line.children[2]) line.children[2].textContent = found
  }

  /** Adds the concluding sentence. @param code the error code, if the test failed */
  conclude(outcome: Outcome, text: string, code = ''): void {
    const box = add(this.#root, 'div', `form-tips sls-project-conclusion sls-project-${outcome}`)
    if (code) add(box, 'code', '').textContent = code
    add(box, 'span', '').textContent = text
    box.scrollIntoView({ block: 'nearest' })
  }
}

function add(parent: Element, tag: string, className: string): HTMLElement {
  const child = document.createElement(tag)
  child.className = className
  parent.appendChild(child)
  return child
}
