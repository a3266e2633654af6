import { readingMethod } from '../host-method.ts'

/** Kept with the settings: what a test looks at instead of nftables. */
export const hostGuard = readingMethod('host.guard', (context, { friends }) => {
  if (friends === null) context.disk.settings.delete('guard')
  else context.disk.settings.set('guard', friends.join(','))
  return {}
})
