import { refreshConfigDriveSoon } from '../config-drive/config-drive.ts'
import { readingMethod } from '../journal/host-method.ts'

export const networkApply = readingMethod('network.apply', async (context, wanted) => {
  const applied = await context.guestNetwork.apply(wanted)
  for (const { instanceName } of wanted.guests) refreshConfigDriveSoon(context, instanceName)
  return applied
})
