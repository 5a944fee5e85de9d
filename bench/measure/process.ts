import { readFileSync } from 'node:fs'

/** Of `/proc/<pid>/stat`: ticks of 10 ms, in user mode and in the kernel. */
const TICKS_PER_SECOND = 100
const USER_TICKS = 11
const KERNEL_TICKS = 12
const PAGE_BYTES = 4096

/** Seconds that a process has computed so far. On Linux. */
export function cpuSeconds(pid: number): number {
  // The second field, the name in parentheses, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[USER_TICKS]) + Number(fields[KERNEL_TICKS])) / TICKS_PER_SECOND
}

/** Bytes of memory that a process holds. On Linux. */
export function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
}
