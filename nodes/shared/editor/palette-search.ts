/** Search words, in both languages, for users who do not know the names of the nodes. */
const WORDS = 'sls kafka aliyun alibaba cloud log service logstore 阿里云 日志服务 日志'

/**
 * Lets the palette's search find a node type by further words. Call this in `onpaletteadd`. The search reads only
 * the type and the attribute `data-palette-label`. The palette uses this attribute for nothing else, so the visible
 * label stays the same.
 */
export function addSearchWords(type: string): void {
  const entry = document.querySelector(`.red-ui-palette-node[data-palette-type="${type}"]`)
  const label = entry?.getAttribute('data-palette-label') ?? ''
  if (!label.includes(WORDS)) entry?.setAttribute('data-palette-label', `${label} ${WORDS}`)
}
