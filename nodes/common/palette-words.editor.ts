/** What somebody may look for who does not know what the nodes are called; any language finds them all. */
const WORDS = 'sls kafka aliyun alibaba cloud log service logstore 阿里云 日志服务 日志'

/**
 * Lets the palette's search find a node by more than its type. The search looks at the type and at this
 * attribute alone, which the palette sets to the label and uses for nothing else; so the words are
 * added there, and what is shown stays as it is. To be called in `onpaletteadd`.
 */
export function addSearchWords(type: string): void {
  const entry = document.querySelector(`.red-ui-palette-node[data-palette-type="${type}"]`)
  const label = entry?.getAttribute('data-palette-label') ?? ''
  if (!label.includes(WORDS)) entry?.setAttribute('data-palette-label', `${label} ${WORDS}`)
}
