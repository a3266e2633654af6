import { readFileSync } from 'node:fs'

const megabyte = 1e6
const pageBytes = 4096
const tickMs = 10

/** Resident memory of a process, MB (a million bytes). */
export function residentMb(pid: number): number {
  return Math.round((Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes) / megabyte)
}

/** Processor time that a process has used so far, user and system, ms. */
export function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

/** How long the process's main thread was ready to run and had no core, so far, ms: the price of a busy machine. */
export function coreWaitMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6
}
