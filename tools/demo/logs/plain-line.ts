import type { Random } from '../../shared/random'
import { chinaTime } from './china-time'

const LINES: readonly [(random: Random) => string, ...((random: Random) => string)[]] = [
  (r) =>
    `INFO  [backup] 数据库备份完成，大小 ${r.between(180, 240)} MB，耗时 ${r.between(40, 95)} s`,
  (r) =>
    `INFO  [gc] Pause Young (Normal) ${r.between(300, 900)}M->${r.between(90, 250)}M(2048M) ${r.between(4, 60)}ms`,
  (r) => `WARN  [disk] /data 已使用 ${r.between(80, 93)}%，请及时清理`,
  (r) => `INFO  [job] 定时任务 settle-daily 执行完毕，处理 ${r.between(100, 5_000)} 笔`,
  (r) =>
    `DEBUG [cache] hit ratio ${r.between(85, 99)}.${r.between(0, 9)}%, ${r.between(2_000, 9_000)} keys`,
]

/** A line as a log collector finds it in a file: SLS keeps it in the one field `content`. */
export function plainLine(random: Random, time: number): string {
  return `${chinaTime(time)} ${random.pick(LINES)(random)}`
}
