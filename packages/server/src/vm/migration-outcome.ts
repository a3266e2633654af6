import type { Result } from '@altostack/agent-api'

/** What one side says of the guest; undefined: it could not be asked. */
export type SideView = Result<'vm.inspect'> | undefined
export type MigrationOutcome = 'moved' | 'stayed' | 'unknown'

/**
 * Where the guest is after a migration whose end was not heard. Pure. Never guesses: a running copy on one side decides
 * only together with what the other side says, and a side that cannot be asked leaves it unknown.
 */
export function migrationOutcome(source: SideView, destination: SideView): MigrationOutcome {
  if (source === undefined || destination === undefined) return 'unknown'
  const from = sideState(source)
  const to = sideState(destination)
  if (from === 'busy' || to === 'busy') return 'unknown'
  if (to === 'running' && from !== 'running') return 'moved'
  if (from === 'running' && to !== 'running') return 'stayed'
  // Paused on both sides at the hand-over, or on neither: libvirt of the source decides by itself; ask again.
  return 'unknown'
}

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
