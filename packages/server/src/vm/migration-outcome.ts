import type { Result } from '@altostack/agent-api'

/** What one side says of the guest; undefined: it could not be asked. */
export type SideView = Result<'vm.inspect'> | undefined
/** `both-paused`: handed over to nobody. `gone`: the guest has ended on both sides. */
export type MigrationOutcome = 'moved' | 'stayed' | 'both-paused' | 'gone' | 'unknown'

/**
 * Where the guest is after a migration whose end was not heard. Pure. Never guesses: a copy on one side decides only
 * together with what the other side says, and a side that cannot be asked leaves it unknown. A paused copy may go on only
 * where the other one is proved gone.
 */
export function migrationOutcome(source: SideView, destination: SideView): MigrationOutcome {
  if (source === undefined || destination === undefined) return 'unknown'
  const from = sideState(source)
  const to = sideState(destination)
  if (from === 'busy' || to === 'busy') return 'unknown'
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
