import assert from 'node:assert/strict'
import type { GuestShell } from './guest-shell.ts'
import type { Vm } from './state.ts'
import type { World } from './world.ts'

/** The guests with a system: their shells, and what they say of their ticks. */
export type Guests = {
  readonly shell: (vm: Vm) => Promise<GuestShell>
  /** Waits until the system of a running guest is up; at once for one without a system. */
  readonly ready: (vm: Vm) => Promise<void>
  /**
   * Reads on in what the guest said on its serial line. A tick that it has said is on its root disk, so the next boot must
   * find it there.
   */
  readonly follow: (vm: Vm) => void
  /** Guests may be gone, or be others: their shells are opened anew when they are needed. */
  readonly forget: () => Promise<void>
}

const spoken = /(?<kind>LAB-DISK-TICK|TICK) (?<tick>\d+)(?: [\d.]+ \S+)?\r?\n/g

export function createGuests(world: World): Guests {
  const shells = new Map<string, GuestShell>()
  const read = new Map<string, number>()

  async function shell(vm: Vm): Promise<GuestShell> {
    const known = shells.get(vm.id)
    if (known !== undefined) return known
    const opened = await world.shell(vm.instanceName)
    shells.set(vm.id, opened)
    return opened
  }
  return {
    shell,
    async ready(vm) {
      if (vm.kind === 'system') await shell(vm)
    },
    follow(vm) {
      if (vm.kind === 'blank') return
      const all = world.consoleLog(vm.instanceName)
      // The last line may be half said.
      const end = all.lastIndexOf('\n') + 1
      const news = all.slice(read.get(vm.id) ?? 0, end)
      read.set(vm.id, end)
      for (const { groups } of news.matchAll(spoken)) {
        const tick = Number(groups?.tick)
        if (groups?.kind === 'TICK') vm.tick = Math.max(vm.tick, tick)
        else assert.ok(tick >= vm.tick, `${vm.instanceName} lost writes: it booted with tick ${tick} after ${vm.tick}`)
      }
    },
    async forget() {
      const open = [...shells.values()]
      shells.clear()
      await Promise.all(open.map((one) => one.close()))
    },
  }
}
