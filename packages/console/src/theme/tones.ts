/** How a state feels: every list, tile, tag and tree node takes its colour from here. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off'

const tones: Readonly<Record<Tone, readonly string[]>> = {
  good: [
    'Up',
    'Running',
    'Enabled',
    'Ready',
    'Implemented',
    'Setup',
    'Active',
    'Completed',
    'Succeeded',
    'Download Complete',
    'Success',
    'Allow',
    'Valid',
    'true',
  ],
  busy: [
    'Starting',
    'Stopping',
    'Migrating',
    'Connecting',
    'Creating',
    'Allocating',
    'Expunging',
    'Destroy',
    'Expunge',
    'Implementing',
    'Shutdown',
    'Rebalancing',
    'Scheduled',
    'Started',
    'Downloading',
    'Initialized',
    'PrepareForMaintenance',
    'Attaching',
    'Resizing',
    'Snapshotting',
    'Pending',
  ],
  warn: [
    'Unknown',
    'Maintenance',
    'Disconnected',
    'Degraded',
    'WARN',
    'ErrorInPrepareForMaintenance',
    'ErrorInMaintenance',
    'Locked',
    'Destroyed',
  ],
  bad: ['Down', 'Alert', 'Error', 'ERROR', 'Failed', 'Deny', 'Removed', 'UploadError', 'Expired'],
  off: ['Stopped', 'Disabled', 'Allocated', 'Used', 'Revoked', 'INFO', 'false'],
}
const byState = new Map(
  (Object.entries(tones) as [Tone, readonly string[]][]).flatMap(([tone, states]) =>
    states.map((state) => [state.toLowerCase(), tone] as const),
  ),
)

export function toneOf(state: unknown): Tone {
  return byState.get(String(state ?? '').toLowerCase()) ?? 'off'
}
