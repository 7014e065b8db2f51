import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/*
 * What a process has taken, as Linux tells it: CPU and not the clock, because other programs make a machine slow but
 * not its work dearer.
 */

const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK']).toString())

/** CPU seconds of all of its threads so far. */
export function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

/** Resident memory in MiB. */
export function readRssMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error('the system does not tell the memory of a process')
  return Number(kib) / 1024
}
