import assert from 'node:assert/strict'
import type { LabHost } from '@altostack/lab'
import type { LabEnvironment } from '../lab-environment/index.ts'

export type FaultPlace = {
  readonly env: LabEnvironment
  readonly host: LabHost
  /** Id of the host in the API. */
  readonly hostId: string
  /** Runs a program on the host, past SSH; a code other than 0 fails. Answers what it printed. */
  readonly run: (...argv: [string, ...string[]]) => Promise<string>
}

/** What doctor must say of a fault. */
export type Named = {
  readonly check: string
  readonly status: 'warn' | 'fail'
  readonly code: string
  readonly seen: RegExp
  readonly fix: RegExp
}

/** One fault of a host: made on it by a command, and undone after. */
export type Fault = {
  readonly make: (place: FaultPlace) => Promise<unknown>
  readonly undo: (place: FaultPlace) => Promise<unknown>
  readonly names: readonly [Named, ...Named[]]
  /** `--fix` heals it; `by-name`: when it is asked for by the name of the check. */
  readonly heals?: true | 'by-name'
  /** The agent loses its connection by it: the host is waited for after the undo. */
  readonly cutsOff?: true
}

export function defineFault(fault: Fault): Fault {
  return fault
}

/** `sh -c` on the host. */
export async function sh({ run }: FaultPlace, script: string): Promise<string> {
  return await run('sh', '-c', script)
}

export function placeOf(env: LabEnvironment, host: LabHost, hostId: string): FaultPlace {
  return {
    env,
    host,
    hostId,
    async run(...argv) {
      const end = await host.exec(argv, { timeoutMs: 60_000 })
      assert.equal(end.code, 0, `${argv.join(' ')}: ${end.stderr}${end.stdout}`)
      return end.stdout
    },
  }
}

const table = 'doctor_fault'
/** Rules of a table of somebody else's on the host. */
export async function addRule(place: FaultPlace, hook: 'input' | 'output', rule: string): Promise<void> {
  await sh(
    place,
    `nft 'add table inet ${table}; add chain inet ${table} ${hook} { type filter hook ${hook} priority 0; }; add rule inet ${table} ${hook} ${rule}'`,
  )
}
export async function removeRules(place: FaultPlace): Promise<void> {
  await sh(place, `nft 'add table inet ${table}; delete table inet ${table}'`)
}
