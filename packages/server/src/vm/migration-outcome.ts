import type { Result } from '@altostack/agent-api'

/** What one side says of the guest; undefined: it could not be asked. */
export type SideView = Result<'vm.inspect'> | undefined
/**
 * `both-paused`: handed over to nobody. `cut`: the source ended before it handed over, half a copy waits on the
 * destination. `gone`: the guest has ended on both sides; `gone-there`: on the destination, after it had moved.
 */
export type MigrationOutcome = 'moved' | 'stayed' | 'both-paused' | 'cut' | 'gone' | 'gone-there' | 'unknown'

/**
 * Where the guest is after a migration whose end was not heard. Pure. Never guesses: a copy on one side decides only
 * together with what the other side says, and a side that cannot be asked leaves it unknown. A paused copy may go on only
 * where the other one is proved gone. Where disks went along (`disks`), a guest that has ended left its newest data on one
 * of the sides: on the destination only if the source's libvirt has kept that it handed over.
 */
export function migrationOutcome(source: SideView, destination: SideView, disks = false): MigrationOutcome {
  if (source === undefined || destination === undefined) return 'unknown'
  const from = sideState(source)
  const to = sideState(destination)
  if (from === 'busy' || to === 'busy') return 'unknown'
  if (disks && from === 'absent' && to !== 'running') {
    const handedOver = source.ended === 'migrated'
    if (to === 'paused') return handedOver ? 'moved' : 'cut'
    return handedOver ? 'gone-there' : 'gone'
  }
  return outcomes[from][to]
}

/** By the state of the source, then of the destination. */
const outcomes = {
  running: { running: 'unknown', paused: 'stayed', absent: 'stayed' },
  paused: { running: 'moved', paused: 'both-paused', absent: 'stayed' },
  absent: { running: 'moved', paused: 'moved', absent: 'gone' },
} as const

function sideState(view: Result<'vm.inspect'>): 'running' | 'paused' | 'absent' | 'busy' {
  const { domain } = view
  if (!view.present || domain === undefined) return 'absent'
  if (domain.migrating === 'outgoing') return 'busy'
  if (domain.migrating === 'incoming') return 'paused'
  return domain.power === 'PowerOn' && domain.state === 'running'
    ? 'running'
    : domain.power === 'PowerOff'
      ? 'absent'
      : 'paused'
}
