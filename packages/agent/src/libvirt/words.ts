import {
  DomainCrashedReason,
  DomainNostateReason,
  DomainPausedReason,
  DomainRunningReason,
  DomainShutdownReason,
  DomainShutoffReason,
  DomainState,
} from '@altostack/libvirt'

const states = words(DomainState)
const reasons: Readonly<Record<number, ReadonlyMap<number, string>>> = {
  [DomainState.NOSTATE]: words(DomainNostateReason),
  [DomainState.RUNNING]: words(DomainRunningReason),
  [DomainState.PAUSED]: words(DomainPausedReason),
  [DomainState.SHUTDOWN]: words(DomainShutdownReason),
  [DomainState.SHUTOFF]: words(DomainShutoffReason),
  [DomainState.CRASHED]: words(DomainCrashedReason),
}

function words(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, value]) => [value, name.toLowerCase().replaceAll('_', '-')]))
}

/** `running`, `paused`, `shutoff`, …: what virsh shows, in one word. */
export function stateWord(state: number): string {
  return states.get(state) ?? `state-${state}`
}

/** Why a domain is in its state: `booted`, `migrated`, `ioerror`, … */
export function reasonWord(state: number, reason: number): string {
  return reasons[state]?.get(reason) ?? `reason-${reason}`
}
