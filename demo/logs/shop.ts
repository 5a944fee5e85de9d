import { accessLog } from './access-log'
import { applicationLog } from './application-log'
import type { LogBody } from './log'
import { plainLine } from './plain-line'
import { seededRandom, weighted, type Random } from './random'

type Generator = (random: Random, time: number) => LogBody

/** A web shop's logstore: access logs, application logs and plain lines, mixed as they come. */
export function shopLogs(seed: number): (time: number) => LogBody {
  const random = seededRandom(seed)
  return (time) =>
    weighted<Generator>(random, [
      [50, accessLog],
      [35, applicationLog],
      [15, plainLine],
    ])(random, time)
}

/** Access logs that say which burst they belong to, so that a flow can count them. */
export function burstLogs(burst: number): (time: number) => LogBody {
  const random = seededRandom(burst)
  return (time) => ({ ...accessLog(random, time), burst: String(burst) })
}
