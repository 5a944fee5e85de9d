import { chinaTime } from './china-time'
import { between, oneOf, type Random } from './random'

const LINES: readonly [(random: Random) => string, ...((random: Random) => string)[]] = [
  (r) =>
    `INFO  [backup] 数据库备份完成，大小 ${between(r, 180, 240)} MB，耗时 ${between(r, 40, 95)} s`,
  (r) =>
    `INFO  [gc] Pause Young (Normal) ${between(r, 300, 900)}M->${between(r, 90, 250)}M(2048M) ${between(r, 4, 60)}ms`,
  (r) => `WARN  [disk] /data 已使用 ${between(r, 80, 93)}%，请及时清理`,
  (r) => `INFO  [job] 定时任务 settle-daily 执行完毕，处理 ${between(r, 100, 5_000)} 笔`,
  (r) =>
    `DEBUG [cache] hit ratio ${between(r, 85, 99)}.${between(r, 0, 9)}%, ${between(r, 2_000, 9_000)} keys`,
]

/** A line as a log collector finds it in a file: SLS keeps it in the one field `content`. */
export function plainLine(random: Random, time: number): string {
  return `${chinaTime(time)} ${oneOf(random, LINES)(random)}`
}
