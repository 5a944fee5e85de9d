import { escapeControls } from '../../../lib/text'

/** Creates an element of the monitor. A text is never parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  name: string,
  content: string | readonly HTMLElement[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = `sls-monitor-${name}`
  if (typeof content === 'string') made.textContent = escapeControls(content)
  else made.append(...content)
  return made
}

/** Creates a small button of the editor's style. */
export function button(name: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', `button ${name} red-ui-button red-ui-button-small`)
  made.type = 'button'
  made.addEventListener('click', onClick)
  return made
}

/** Sets the text of an element, but only if the text differs: the user's selection would be lost. */
export function show(shown: HTMLElement, content: string): void {
  const text = escapeControls(content)
  if (shown.textContent !== text) shown.textContent = text
}

/** Names a button that has only an icon, for the mouse and for screen readers. */
export function setLabel(shown: HTMLElement, label: string): void {
  shown.title = label
  shown.setAttribute('aria-label', label)
}
