import { AltoError, checkErrors } from '@altostack/core'
import type { CheckSubject } from './check-subject.ts'
import type { HostRepair, RepairChange, RepairCommand } from './define-repair.ts'
import { agentSettingsRepair, fileModesRepair, ownNameRepair, sshKeyRepair } from './file-repairs.ts'
import { migrationPortRepair } from './migration-port.ts'
import { clockRepair, guardRepair, ringBuffersRepair, selinuxNfsRepair, uplinkRepair } from './network-repairs.ts'
import type { RunProgram } from './run-checks.ts'
import { agentRestartRepair, agentServiceRepair, libvirtdRepair, servicesRepair } from './service-repairs.ts'

/** Every repair, in the order in which they are applied: what others need comes first. */
export const hostRepairs: readonly HostRepair[] = [
  sshKeyRepair,
  fileModesRepair,
  ownNameRepair,
  clockRepair,
  uplinkRepair,
  libvirtdRepair,
  migrationPortRepair,
  agentSettingsRepair,
  agentServiceRepair,
  agentRestartRepair,
  guardRepair,
  selinuxNfsRepair,
  ringBuffersRepair,
  servicesRepair,
]

export function findRepair(name: string): HostRepair | undefined {
  return hostRepairs.find((repair) => repair.name === name)
}

/** What a repair found and would change. `state` is what it needs to go back. */
export type RepairPlan = { readonly name: string; readonly state: string; readonly changes: readonly RepairChange[] }

/** Reads the state; changes nothing. */
export async function planRepair(repair: HostRepair, subject: CheckSubject, run: RunProgram): Promise<RepairPlan> {
  const state = (await runCommand(repair, repair.read(subject), run)).stdout
  return { name: repair.name, state, changes: repair.plan(state, subject) }
}

/** Applies a repair from the state that was read before, or goes back to it. Throws repair.failed. */
export async function actRepair(
  repair: HostRepair,
  act: 'apply' | 'restore',
  state: string,
  subject: CheckSubject,
  run: RunProgram,
): Promise<void> {
  for (const one of repair[act](state, subject)) {
    const end = await runCommand(repair, one, run)
    if (end.code === 0 || one.optional) continue
    throw new AltoError(
      'repair.failed',
      checkErrors['repair.failed'],
      `Repair ${repair.name}: ${one.args.slice(0, 3).join(' ')} failed`,
      {
        seen: `exit code ${end.code}: ${`${end.stderr}\n${end.stdout}`.trim().slice(0, 500)}`,
      },
    )
  }
}

async function runCommand(_repair: HostRepair, one: RepairCommand, run: RunProgram) {
  return await run(one.args, {
    timeoutMs: one.timeoutMs ?? 10_000,
    ...(one.input === undefined ? {} : { input: Buffer.from(one.input) }),
  })
}

export type { HostRepair, RepairChange, RepairCommand } from './define-repair.ts'
