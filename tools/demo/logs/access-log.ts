import type { Random } from '../../shared/random'
import { nginxTime } from './china-time'
import { duration, hex, weighted, type Weighted } from './distributions'

interface Route {
  readonly method: string
  readonly uri: (random: Random) => string
  /** Bytes of a normal answer. */
  readonly bytes: number
  /** Median, seconds. */
  readonly seconds: number
}

const route = (
  method: string,
  uri: string | ((random: Random) => string),
  { bytes, seconds }: Pick<Route, 'bytes' | 'seconds'>,
): Route => ({ method, uri: typeof uri === 'string' ? () => uri : uri, bytes, seconds })

const product = (random: Random): number => random.between(10_000, 10_800)
const order = (random: Random): string => `SO2026${random.between(1_000_000, 9_999_999)}`
const WORDS = ['%E6%89%8B%E6%9C%BA', '%E8%80%B3%E6%9C%BA', 'usb-c', 'laptop'] as const

const ROUTES: readonly [Weighted<Route>, ...Weighted<Route>[]] = [
  [14, route('GET', '/', { bytes: 18_432, seconds: 0.021 })],
  [24, route('GET', (r) => `/product/${product(r)}`, { bytes: 26_210, seconds: 0.034 })],
  [12, route('GET', (r) => `/search?q=${r.pick(WORDS)}`, { bytes: 31_877, seconds: 0.082 })],
  [14, route('GET', (r) => `/static/app.${hex(r, 8)}.js`, { bytes: 142_305, seconds: 0.003 })],
  [10, route('GET', '/api/v1/cart', { bytes: 1_204, seconds: 0.012 })],
  [8, route('POST', '/api/v1/cart/items', { bytes: 311, seconds: 0.018 })],
  [7, route('POST', '/api/v1/orders', { bytes: 642, seconds: 0.145 })],
  [5, route('POST', (r) => `/api/v1/orders/${order(r)}/pay`, { bytes: 287, seconds: 0.41 })],
  [4, route('POST', '/api/v1/login', { bytes: 512, seconds: 0.09 })],
  [2, route('GET', '/healthz', { bytes: 2, seconds: 0.001 })],
]

const STATUSES: readonly [Weighted<number>, ...Weighted<number>[]] = [
  [880, 200],
  [45, 304],
  [15, 302],
  [22, 404],
  [4, 403],
  [4, 499],
  [12, 500],
  [11, 502],
  [4, 503],
  [3, 504],
]

const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.54',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 15; 2410DPN6CC) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'okhttp/4.12.0',
] as const

/** Networks that RFC 5737 reserves for documentation. */
const NETWORKS = ['203.0.113', '198.51.100', '192.0.2'] as const

const UPSTREAM_TIMEOUT_SECONDS = 60

/** One line of a web shop's nginx, with the fields of SLS's nginx template. All values are text. */
export function accessLog(random: Random, time: number): Record<string, string> {
  const { method, uri, bytes, seconds } = weighted(random, ROUTES)
  const status = weighted(random, STATUSES)
  const took =
    status === 504
      ? UPSTREAM_TIMEOUT_SECONDS + random.next() / 100
      : duration(random, status >= 500 ? seconds * 8 : seconds)
  return {
    status: String(status),
    request_method: method,
    request_uri: uri(random),
    request_time: took.toFixed(3),
    time_local: nginxTime(time),
    remote_addr: `${random.pick(NETWORKS)}.${random.between(1, 254)}`,
    body_bytes_sent: String(bodyBytes(random, status, bytes)),
    upstream_response_time: status === 304 ? '-' : (took * 0.97).toFixed(3),
    http_referer: method === 'GET' ? '-' : 'https://shop.example.com/cart',
    http_user_agent: random.pick(AGENTS),
    host: 'shop.example.com',
  }
}

function bodyBytes(random: Random, status: number, normal: number): number {
  if (status === 304 || status === 499) return 0
  if (status !== 200) return 150 + random.between(0, 30)
  return Math.round(normal * (0.8 + random.next() * 0.4))
}
