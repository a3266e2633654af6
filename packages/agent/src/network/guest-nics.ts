import type { NicSpec } from '@altostack/agent-api'
import { removeConfigDrive } from '../config-drive/config-drive.ts'
import type { HostContext } from '../host-context.ts'
import type { GuestLinks } from './guest-network.ts'

/**
 * Everything that a guest's NICs need on this host before the guest is there: bridges, filters, services. Answers the NICs with the
 * bridges they belong on. What a refusal leaves half done is taken back.
 */
export async function admitNics(
  context: HostContext,
  instanceName: string,
  nics: readonly NicSpec[],
  more: Pick<GuestLinks, 'securityGroups' | 'guestData'> = {},
): Promise<NicSpec[]> {
  try {
    const placed = await context.segments.attach(instanceName, nics)
    await context.guestNetwork.prepare({ ...more, instanceName, nics: placed })
    return placed
  } catch (error) {
    if ((await context.libvirt.find(instanceName).catch(() => 'unknown')) === undefined) {
      await dismissNics(context, instanceName)
    }
    throw error
  }
}

/** The guest is not on this host any more: its config drive goes with its NICs. Repeating it changes nothing. */
export async function dismissNics(context: HostContext, instanceName: string): Promise<void> {
  removeConfigDrive(context, instanceName)
  await context.guestNetwork.release(instanceName)
  await context.segments.release(instanceName)
}
