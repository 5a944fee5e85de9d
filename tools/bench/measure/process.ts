import { readFileSync } from 'node:fs'

/** Fields of `/proc/<pid>/stat`, in ticks of 10 ms: user mode and kernel. */
const TICKS_PER_SECOND = 100
const USER_TICKS = 11
const KERNEL_TICKS = 12
const PAGE_BYTES = 4096

/** The processor time of a process so far, in seconds. Works on Linux only. */
export function cpuSeconds(pid: number): number {
  // The second field, the name in parentheses, can contain any character.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[USER_TICKS]) + Number(fields[KERNEL_TICKS])) / TICKS_PER_SECOND
}

/** The resident memory of a process, in bytes. Works on Linux only. */
export function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
}
