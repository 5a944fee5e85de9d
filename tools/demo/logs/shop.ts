import { Random } from '../../shared/random'
import { accessLog } from './access-log'
import { applicationLog } from './application-log'
import type { LogBody } from './log'
import { plainLine } from './plain-line'
import { weighted } from './distributions'

type Generator = (random: Random, time: number) => LogBody

/** A web shop's logstore: access logs, application logs and plain lines, mixed as they come. */
export function shopLogs(seed: number): (time: number) => LogBody {
  const random = new Random(seed)
  return (time) =>
    weighted<Generator>(random, [
      [50, accessLog],
      [35, applicationLog],
      [15, plainLine],
    ])(random, time)
}

/** Access logs that say which burst they belong to, so that a flow can count them. */
export function burstLogs(burst: number): (time: number) => LogBody {
  const random = new Random(burst)
  return (time) => ({ ...accessLog(random, time), burst: String(burst) })
}
