const EIGHT_HOURS_MS = 8 * 3600_000
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `2026-11-22 18:03:07.042`: the shop's servers stand in China, wherever the demo runs. */
export function chinaTime(time: number): string {
  return new Date(time + EIGHT_HOURS_MS).toISOString().replace('T', ' ').replace('Z', '')
}

/** `22/Nov/2026:18:03:07 +0800`, as nginx writes `$time_local`. */
export function nginxTime(time: number): string {
  const [date = '', clock = ''] = chinaTime(time).split(' ')
  const [year = '', month = '', day = ''] = date.split('-')
  return `${day}/${MONTHS[Number(month) - 1] ?? ''}/${year}:${clock.slice(0, 8)} +0800`
}
