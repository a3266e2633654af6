import type { CheckResult } from '@altostack/agent-api'
import type { RemoteEnd } from '../ssh/connect.ts'

/** What the checks of one host are about. */
export type CheckPlace = {
  readonly clusterName: string
  readonly arch: string
  /** Distribution names of the cluster's other hosts. */
  readonly distributions: readonly string[]
  readonly emulationAllowed: boolean
  /** Bridge of management traffic. */
  readonly bridge: string
  /** Address and port of this server's agent listener, as the host reaches it. */
  readonly server: { readonly host: string; readonly port: number }
}
/** When the command was sent and answered, wall clock of this server, ms. */
export type Times = { readonly sent: number; readonly answered: number }

/** One check before anything is changed: a command to run there and a pure judgement of what it printed. */
export type HostCheck = {
  readonly name: string
  readonly args: (place: CheckPlace) => readonly string[]
  readonly input?: Uint8Array
  readonly asRoot?: boolean
  readonly timeoutMs?: number
  readonly judge: (end: RemoteEnd, place: CheckPlace, times: Times) => CheckResult
}

export function passed(name: string, seen: string): CheckResult {
  return { name, status: 'ok', seen }
}
export function warned(name: string, code: string, seen: string, fix: string): CheckResult {
  return { name, status: 'warn', code, seen, fix }
}
export function failed(name: string, code: string, seen: string, fix: string): CheckResult {
  return { name, status: 'fail', code, seen, fix }
}

/** The last line of what a program complained of. */
export function complaint(end: RemoteEnd): string {
  const lines = `${end.stderr}\n${end.stdout}`.split('\n').filter((line) => line.trim() !== '')
  return lines[0]?.trim().slice(0, 300) ?? `exit code ${end.code}`
}
