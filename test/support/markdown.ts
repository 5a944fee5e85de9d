/** A table as its rows, each as its cells; without the line below the head. */
export type Table = readonly (readonly string[])[]

export function tablesIn(markdown: string): Table[] {
  return (markdown.match(/(?:^\|.*\n?)+/gm) ?? []).map((table) =>
    table
      .trim()
      .split('\n')
      .filter((_line, index) => index !== 1)
      .map(cellsOf),
  )
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/** What stands in backticks, also with blanks in it. Blocks are left out. */
export function codeIn(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
}

/** What is to be typed into a shell; what the reader puts in, in angle brackets, is left out. */
export function commandsIn(markdown: string): string[] {
  const inBlocks = [...markdown.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  )
  return [...codeIn(markdown), ...inBlocks]
    .filter((code) => /^(?:npm|\.ci\/run)\b/.test(code))
    .map((command) => command.replace(/<[^>]*>/g, '<>'))
}

/** Numbers of the prose, without the commas of thousands. */
export function figuresIn(prose: string): string[] {
  return withoutCode(prose).replaceAll(',', '').match(/\d+/g) ?? []
}

/** The prose of a page: without code blocks, and of a picture in two themes only its description. */
export function withoutBlocks(markdown: string): string {
  return markdown
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/<img alt="([^"]*)"[^>]*>/g, '$1')
    .replace(/^ *<\/?(?:picture|source)[^>]*>$/gm, '')
}

function withoutCode(prose: string): string {
  return prose.replace(/`[^`\n]*`/g, '')
}
