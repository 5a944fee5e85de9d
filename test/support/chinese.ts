const CHINESE = /\p{Script=Han}/u

/** Names of several words that stay what they are. */
const NAMES = [
  'AccessKey ID',
  'AccessKey Secret',
  'Apache Kafka',
  'CloudLens for SLS',
  'Kafka key',
  'liveness probe',
  'log:ListLogStores',
  'sls in',
  'sls out',
  'sls ack',
  'sls control',
]
/** Lower-case words that stay what they are in running text. */
const WORDS = ['null', 'gzip', 'snappy', 'zstd', 'kcat', 'kafka-python', 'kafkajs']

const NOT_PROSE = [
  /```[\s\S]*?```/g, // code
  /`[^`]*`/g,
  /\]\([^)]*\)/g, // the address of a link
  /__\w+__/g, // a placeholder of a text
  /（[a-z]+）/g, // the value that a choice stands for, as flows save it
  /^: (?:\*?[a-z][\w, ]*\*? )?\([^)]*\) :/gm, // a message property of a help, with its type
  /\([a-z| -]+\) :/g, // the type of any other property
  /\S*[A-Za-z][\w-]*[./_]\S*/g, // addresses, paths and variables
  new RegExp(NAMES.join('|'), 'g'),
]

export function hasChinese(text: string): boolean {
  return CHINESE.test(text)
}

/**
 * What looks like English prose in a Chinese text: Latin words in a row, and lower-case words, which
 * names never are. Code, addresses and placeholders are none.
 */
export function englishLeftOvers(text: string): string[] {
  const prose = NOT_PROSE.reduce((rest, pattern) => rest.replace(pattern, ' · '), text)
  const rows = prose.match(/[A-Za-z][A-Za-z'-]*(?: [A-Za-z][A-Za-z'-]*)+/g) ?? []
  const words = (prose.match(/(?<![\w.-])[a-z]{2,}(?![\w.-])/g) ?? []).filter(
    (word) => !WORDS.includes(word),
  )
  return [...rows, ...words]
}

/** Words that SLS's console does not use for these things, each with the one that it does use. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  工程: '项目',
  终端节点: '服务接入点',
  区域: '地域',
  消费者群组: '消费组',
  碎片: 'Shard',
  偏移量: '位点',
  滞后: '消费延迟',
  飞行中: '处理中',
}

export function otherWords(text: string): string[] {
  return Object.entries(OTHER_WORDS)
    .filter(([word]) => text.includes(word))
    .map(([word, right]) => `${word}, should be ${right}`)
}

/** Half-width marks where Chinese text stands on either side. A colon may join host and port. */
export function halfWidthMarks(text: string): string[] {
  return text.match(/\p{Script=Han}[,;()?!]|[,;()?!]\p{Script=Han}/gu) ?? []
}
