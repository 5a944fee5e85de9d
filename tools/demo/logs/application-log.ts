import type { Random } from '../../shared/random'
import { chinaTime } from './china-time'
import { hex, weighted } from './distributions'

type Level = 'INFO' | 'WARN' | 'ERROR'
type Event = readonly [level: Level, service: string, message: (random: Random) => string]

const order = (r: Random): string => `SO2026${r.between(1_000_000, 9_999_999)}`
const sku = (r: Random): string => `SKU-${r.between(10_000, 10_800)}`
const yuan = (r: Random): string => `¥${(r.between(900, 499_999) / 100).toFixed(2)}`
const phone = (r: Random): string => `1${r.pick(['38', '59', '86'])}****${r.between(1000, 9999)}`
const channel = (r: Random): string => r.pick(['支付宝', '微信支付', '银联'])

const created: Event = [
  'INFO',
  'order-service',
  (r) => `订单创建成功，订单号 ${order(r)}，金额 ${yuan(r)}`,
]
const paid: Event = [
  'INFO',
  'payment-service',
  (r) => `支付成功，订单号 ${order(r)}，渠道 ${channel(r)}，金额 ${yuan(r)}`,
]
const loggedIn: Event = ['INFO', 'user-service', (r) => `用户登录成功，手机号 ${phone(r)}`]
const reserved: Event = [
  'INFO',
  'inventory-service',
  (r) => `库存已扣减，商品 ${sku(r)}，剩余 ${r.between(4, 900)} 件`,
]
const soldOut: Event = [
  'WARN',
  'inventory-service',
  (r) => `库存不足，商品 ${sku(r)}，剩余 ${r.between(0, 3)} 件`,
]
const slowQuery: Event = [
  'WARN',
  'order-service',
  (r) => `数据库慢查询，耗时 ${r.between(1_000, 8_000)} ms，表 t_order`,
]
const paymentTimeout: Event = [
  'ERROR',
  'payment-service',
  (r) => `支付超时，订单号 ${order(r)}，渠道 ${channel(r)}，已等待 30000 ms`,
]
const messageFailed: Event = [
  'ERROR',
  'notification-service',
  (r) => `短信发送失败，手机号 ${phone(r)}，错误码 isv.BUSINESS_LIMIT_CONTROL`,
]
const poolExhausted: Event = [
  'ERROR',
  'order-service',
  (r) => `无法获取数据库连接：连接池已满（active=50, idle=0, waiting=${r.between(5, 60)}）`,
]

/** One line of a web shop's Java services. */
export function applicationLog(random: Random, time: number): Record<string, string> {
  const [level, service, message] = weighted(random, [
    [26, created],
    [20, paid],
    [16, loggedIn],
    [14, reserved],
    [7, soldOut],
    [5, slowQuery],
    [5, paymentTimeout],
    [3, messageFailed],
    [2, poolExhausted],
  ])
  return {
    level,
    service,
    message: message(random),
    time: chinaTime(time),
    thread: `http-nio-8080-exec-${random.between(1, 50)}`,
    trace_id: hex(random, 32),
  }
}
