/** A region of Alibaba Cloud in which SLS has a public endpoint. */
export interface Region {
  readonly id: string
  readonly en: string
  readonly zh: string
}

export type Network = 'public' | 'intranet'

/**
 * The regions that Alibaba lists for SLS (alibabacloud.com/help/en/sls, "Supported regions", 2026-10-29), with the
 * names of the console. Finance clouds and closing regions are not listed; users type their endpoints.
 */
export const REGIONS: readonly Region[] = [
  { id: 'cn-hangzhou', en: 'China (Hangzhou)', zh: '华东1（杭州）' },
  { id: 'cn-shanghai', en: 'China (Shanghai)', zh: '华东2（上海）' },
  { id: 'cn-qingdao', en: 'China (Qingdao)', zh: '华北1（青岛）' },
  { id: 'cn-beijing', en: 'China (Beijing)', zh: '华北2（北京）' },
  { id: 'cn-zhangjiakou', en: 'China (Zhangjiakou)', zh: '华北3（张家口）' },
  { id: 'cn-huhehaote', en: 'China (Hohhot)', zh: '华北5（呼和浩特）' },
  { id: 'cn-wulanchabu', en: 'China (Ulanqab)', zh: '华北6（乌兰察布）' },
  { id: 'cn-shenzhen', en: 'China (Shenzhen)', zh: '华南1（深圳）' },
  { id: 'cn-heyuan', en: 'China (Heyuan)', zh: '华南2（河源）' },
  { id: 'cn-guangzhou', en: 'China (Guangzhou)', zh: '华南3（广州）' },
  { id: 'cn-chengdu', en: 'China (Chengdu)', zh: '西南1（成都）' },
  { id: 'cn-hongkong', en: 'China (Hong Kong)', zh: '中国香港' },
  { id: 'ap-southeast-1', en: 'Singapore', zh: '新加坡' },
  { id: 'ap-southeast-3', en: 'Malaysia (Kuala Lumpur)', zh: '马来西亚（吉隆坡）' },
  { id: 'ap-southeast-5', en: 'Indonesia (Jakarta)', zh: '印度尼西亚（雅加达）' },
  { id: 'ap-southeast-6', en: 'Philippines (Manila)', zh: '菲律宾（马尼拉）' },
  { id: 'ap-southeast-7', en: 'Thailand (Bangkok)', zh: '泰国（曼谷）' },
  { id: 'ap-southeast-8', en: 'Malaysia (Johor)', zh: '马来西亚（柔佛）' },
  { id: 'ap-northeast-1', en: 'Japan (Tokyo)', zh: '日本（东京）' },
  { id: 'ap-northeast-2', en: 'South Korea (Seoul)', zh: '韩国（首尔）' },
  { id: 'us-west-1', en: 'US (Silicon Valley)', zh: '美国（硅谷）' },
  { id: 'us-east-1', en: 'US (Virginia)', zh: '美国（弗吉尼亚）' },
  { id: 'na-south-1', en: 'Mexico', zh: '墨西哥' },
  { id: 'sa-east-1', en: 'Brazil (São Paulo)', zh: '巴西（圣保罗）' },
  { id: 'eu-central-1', en: 'Germany (Frankfurt)', zh: '德国（法兰克福）' },
  { id: 'eu-west-1', en: 'UK (London)', zh: '英国（伦敦）' },
  { id: 'me-east-1', en: 'UAE (Dubai)', zh: '阿联酋（迪拜）' },
  { id: 'me-central-1', en: 'Saudi Arabia (Riyadh)', zh: '沙特（利雅得）' },
]

/** The domain of all endpoints of the public cloud. Only Alibaba has host names in this domain. */
const DOMAIN = '.log.aliyuncs.com'
const REGION_ENDPOINT = /^([a-z0-9-]+?)(-intranet|-internal)?\.log\.aliyuncs\.com$/

export function isAlibabaHost(host: string): boolean {
  return host.endsWith(DOMAIN)
}

export function endpointOf(region: string, network: Network): string {
  return `${region}${network === 'intranet' ? '-intranet' : ''}${DOMAIN}`
}

/** Reads the region and the network of an endpoint, also if the region is not listed; null for another host. */
export function readEndpoint(endpoint: string): { region: string; network: Network } | null {
  const match = REGION_ENDPOINT.exec(endpoint)
  if (!match?.[1]) return null
  return { region: match[1], network: match[2] ? 'intranet' : 'public' }
}

/** The endpoint of a listed region by its id, or by `<id>-intranet`; null for any other text. */
export function endpointOfRegion(text: string): string | null {
  const read = readEndpoint(text + DOMAIN)
  return read && isListed(read.region) ? endpointOf(read.region, read.network) : null
}

/** A region that is not listed, and the listed region that was probably meant. */
export interface MisspeltRegion {
  readonly region: string
  /** Id of a listed region. */
  readonly right: string
  /** Replaced, missing and extra letters, and swapped neighbours. */
  readonly edits: number
}

/** Most edits of a typing error. Names of two cities can differ by three edits. */
const MAX_EDITS = 2
const MAX_EDITS_WITH_NUMBER = 1

/** Finds a misspelt region in a host; null if there is none. @param host a host or a region id */
export function misspeltRegion(host: string): MisspeltRegion | null {
  const isShort = !host.endsWith(DOMAIN) && host.split('.').length <= 2
  const endpoint = isShort ? host + DOMAIN : host
  if (!isAlibabaHost(endpoint)) return null
  const [id = ''] = endpoint.slice(0, -DOMAIN.length).split('.').slice(-1)
  const region = readEndpoint(id + DOMAIN)?.region ?? ''
  const similar = similarRegion(region)
  return similar && { region, ...similar }
}

/**
 * The listed region that an id misspells; null if there is none. Ids that differ only in their number are different
 * regions: `ap-southeast-2` was a region, and Alibaba adds others.
 */
export function similarRegion(id: string): Pick<MisspeltRegion, 'right' | 'edits'> | null {
  if (id === '' || isListed(id)) return null
  const numberOf = (text: string): string => text.replace(/\D/g, '')
  const number = numberOf(id)
  const most = number === '' ? MAX_EDITS : MAX_EDITS_WITH_NUMBER
  const [nearest] = REGIONS.filter((region) => numberOf(region.id) === number)
    .map((region) => ({ right: region.id, edits: editsBetween(id, region.id) }))
    .filter(({ edits }) => edits <= most)
    .sort((one, other) => one.edits - other.edits)
  return nearest ?? null
}

function isListed(id: string): boolean {
  return REGIONS.some((region) => region.id === id)
}

/** The optimal string alignment distance: Levenshtein's distance with a swap of neighbours as one edit. */
function editsBetween(one: string, other: string): number {
  // A larger distance does not matter, and the table below stays small for any typed text.
  if (Math.abs(one.length - other.length) > MAX_EDITS) return Infinity
  const row = (from: number): number[] => Array.from(other, (_, index) => from + index + 1)
  let [before, last] = [row(0), [0, ...row(0)]]
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1]
    for (const [index, wanted] of Array.from(other).entries()) {
      const replaced = (last[index] ?? 0) + (letter === wanted ? 0 : 1)
      const added = (next[index] ?? 0) + 1
      const removed = (last[index + 1] ?? 0) + 1
      const isSwap = index > 0 && letter === other[index - 1] && one[at - 1] === wanted
      const swapped = isSwap ? (before[index - 1] ?? 0) + 1 : Infinity
      next.push(Math.min(replaced, added, removed, swapped))
    }
    ;[before, last] = [last, next]
  }
  return last[other.length] ?? Infinity
}

/**
 * Finds the regions whose id or names, in either language, contain every word of the text. Returns all regions if the
 * text is empty or an endpoint of a listed region.
 */
export function findRegions(text: string): readonly Region[] {
  const sought = text.trim().toLowerCase()
  const chosen = readEndpoint(sought)?.region
  if (chosen !== undefined && isListed(chosen)) return REGIONS
  const words = sought.split(/\s+/)
  return REGIONS.filter((region) => {
    const names = [region.id, plain(region.en), region.zh].join(' ')
    return words.every((word) => names.includes(plain(word)))
  })
}

/** Removes case and accents, so that "sao" finds São Paulo. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
}
