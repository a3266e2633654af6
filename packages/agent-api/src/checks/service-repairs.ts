import { unitProperties } from './agent-service.ts'
import { command, defineRepair, type RepairChange, type RepairCommand } from './define-repair.ts'
import { unneededOf } from './services.ts'

const agent = 'altostack-agent.service'
const show = (...units: readonly string[]): RepairCommand =>
  command(['systemctl', 'show', ...units, '-p', 'Id,LoadState,ActiveState,UnitFileState'])

type Unit = { readonly id: string; readonly load: string; readonly active: boolean; readonly file: string }

/** Blocks of systemctl show, one a unit. */
function units(state: string): Unit[] {
  return state.split('\n\n').flatMap((block) => {
    const of = unitProperties(block)
    const id = of.get('Id')
    if (id === undefined) return []
    return [
      {
        id,
        load: of.get('LoadState') ?? '',
        active: of.get('ActiveState') === 'active',
        file: of.get('UnitFileState') ?? '',
      },
    ]
  })
}

export const agentServiceRepair = defineRepair({
  name: 'agent-service',
  does: 'Starts altostack-agent and lets it start at boot.',
  safe: true,
  restorable: true,
  read: () => show(agent),
  plan: (state) =>
    units(state).flatMap((unit): RepairChange[] => {
      if (unit.load !== 'loaded') return []
      return [
        ...(unit.active ? [] : [{ what: unit.id, before: 'inactive', after: 'active' }]),
        ...(unit.file === 'disabled' ? [{ what: `${unit.id} at boot`, before: 'disabled', after: 'enabled' }] : []),
      ]
    }),
  apply: (state) =>
    units(state).flatMap((unit) => [
      ...(unit.file === 'disabled' ? [command(['systemctl', 'enable', agent])] : []),
      ...(unit.active
        ? []
        : [command(['systemctl', 'reset-failed', agent], { optional: true }), command(['systemctl', 'start', agent])]),
    ]),
  restore: (state) =>
    units(state).flatMap((unit) => [
      ...(unit.file === 'disabled' ? [command(['systemctl', 'disable', agent])] : []),
      ...(unit.active ? [] : [command(['systemctl', 'stop', agent])]),
    ]),
})

export const agentRestartRepair = defineRepair({
  name: 'agent-restart',
  does: 'Restarts altostack-agent; guests are not touched.',
  safe: true,
  restorable: false,
  sshOnly: true,
  read: () => command(['systemctl', 'show', agent, '-p', 'Id,LoadState,ActiveState,MainPID']),
  plan: (state) => {
    const of = unitProperties(state)
    if (of.get('LoadState') !== 'loaded') return []
    return [{ what: agent, before: `${of.get('ActiveState')}, process ${of.get('MainPID')}`, after: 'a new process' }]
  },
  apply: () => [command(['systemctl', 'restart', agent], { timeoutMs: 30_000 })],
  restore: () => [],
})

const libvirtUnits = [
  'libvirtd.socket',
  'libvirtd-ro.socket',
  'libvirtd-admin.socket',
  'libvirtd-tls.socket',
  'libvirtd.service',
]

export const libvirtdRepair = defineRepair({
  name: 'libvirtd',
  does: 'Starts libvirtd and its sockets; guests are not touched.',
  safe: true,
  restorable: true,
  read: () => show(...libvirtUnits),
  plan: (state) => {
    const service = units(state).find((unit) => unit.id === 'libvirtd.service')
    if (service === undefined || service.load !== 'loaded') return []
    return stopped(state).map((unit) => ({ what: unit.id, before: 'inactive', after: 'active' }))
  },
  apply: (state) => {
    const names = stopped(state).map((unit) => unit.id)
    const sockets = names.filter((name) => name.endsWith('.socket'))
    // A socket cannot be started while its service runs; the service is started last.
    return [
      command(['systemctl', 'reset-failed', ...libvirtUnits], { optional: true }),
      ...(sockets.length === 0
        ? []
        : [command(['systemctl', 'start', ...sockets], { optional: true, timeoutMs: 20_000 })]),
      command(['systemctl', 'start', 'libvirtd.service'], { timeoutMs: 30_000 }),
    ]
  },
  restore: (state) => {
    const names = stopped(state).map((unit) => unit.id)
    return names.length === 0 ? [] : [command(['systemctl', 'stop', ...names], { timeoutMs: 30_000 })]
  },
})

/** Units that are meant to run and do not; the TLS socket only where it was enabled. */
function stopped(state: string): Unit[] {
  return units(state).filter(
    (unit) => unit.load === 'loaded' && !unit.active && (unit.id !== 'libvirtd-tls.socket' || unit.file === 'enabled'),
  )
}

export const servicesRepair = defineRepair({
  name: 'services',
  does: 'Stops and disables the services that check services lists.',
  // Somebody may have a reason for each of them.
  safe: false,
  restorable: true,
  read: () =>
    command([
      'sh',
      '-c',
      'systemctl list-units --type=service,socket --state=running,listening --no-legend --plain | cut -d" " -f1',
    ]),
  plan: (state) => unneededOf(state).map((unit) => ({ what: unit, before: 'runs', after: 'stopped and disabled' })),
  apply: (state) => each(unneededOf(state), 'disable'),
  restore: (state) => each(unneededOf(state), 'enable'),
})

function each(names: readonly string[], word: 'enable' | 'disable'): RepairCommand[] {
  return names.map((name) => command(['systemctl', word, '--now', name], { timeoutMs: 20_000 }))
}
