import { visible } from '../../lib/visible'

/** An element of the monitor; texts are texts, whatever is in them. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  name: string,
  content: string | readonly HTMLElement[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = `sls-monitor-${name}`
  if (typeof content === 'string') made.textContent = visible(content)
  else made.append(...content)
  return made
}

export function button(name: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', `button ${name} red-ui-button red-ui-button-small`)
  made.type = 'button'
  made.addEventListener('click', onClick)
  return made
}

/** Changes what is shown only if it is another text: a text that is selected stays selected. */
export function show(shown: HTMLElement, content: string): void {
  const text = visible(content)
  if (shown.textContent !== text) shown.textContent = text
}
