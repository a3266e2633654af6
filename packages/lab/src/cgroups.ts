import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from '@altostack/core'
import type { Argv } from './run.ts'

const root = '/sys/fs/cgroup'

/** Whether systemd is this machine's first process; then each container gets its cgroups from it. */
export function machineRunsSystemd(): boolean {
  return existsSync('/run/systemd/system')
}

/** Name of a host's cgroup. */
export function cgroupName(machine: string): string {
  return `altolab-${machine}`
}

/** The argv that runs `argv` in cgroups of the host's own. */
export function inOwnCgroup(machine: string, argv: Argv): Argv {
  return ['sh', join(import.meta.dirname, 'in-cgroup.sh'), cgroupName(machine), ...argv]
}

/** Removes a host's cgroups after its processes are gone. */
export async function removeCgroups(machine: string, runtime: Runtime): Promise<void> {
  if (machineRunsSystemd() || !existsSync(root)) return
  for (const hierarchy of readdirSync(root)) {
    const path = join(root, hierarchy, cgroupName(machine))
    // The kernel takes a moment to let go of a cgroup whose last process has just died.
    for (let tries = 0; tries < 50 && !removeTree(path); tries++) await runtime.sleep(20)
  }
}

/** Whether the tree is gone. Only directories can and need be removed in a cgroup file system. */
function removeTree(path: string): boolean {
  if (!existsSync(path)) return true
  let gone = true
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) gone = removeTree(join(path, entry.name)) && gone
    }
    rmdirSync(path)
  } catch {
    return !existsSync(path)
  }
  return gone
}
