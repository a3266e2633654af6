import type { Params } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainBlockJobAbortFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { driverOf } from '../storage/drivers.ts'
import { guestDisk } from '../vm/guest-disk.ts'

const pivotMs = 120_000
type End = Params<'volume.mirror.end'>

export const volumeMirrorEnd = mutatingMethod('volume.mirror.end', {
  async run(context, params) {
    const domain = await context.libvirt.find(params.vm.instanceName)
    const moved =
      domain !== undefined && domain.uuid === params.vm.uuid
        ? await endUnderGuest(context, domain, params)
        : // The guest ended with both in step, or with the copy: that one lacks nothing.
          params.turned
    if (!moved)
      await context.pools.use(params.to, () => driverOf(params.to).remove(context, params.to, params.volume.volumeUuid))
    return { moved }
  },
  // Asking again tells the same.
  probe: async () => ({ effect: 'absent' }),
})

async function endUnderGuest(context: HostContext, domain: DomainRef, params: End): Promise<boolean> {
  const { volume, to, decision } = params
  const { libvirt } = context
  const isMoved = async (): Promise<boolean> => (await guestDisk(context, domain, to, volume.volumeUuid)) !== undefined
  if (await isMoved()) return true
  const disk = await guestDisk(context, domain, volume.pool, volume.volumeUuid)
  if (disk === undefined) {
    if (decision === 'back') return false
    throw agentFailure('volume.absent', `The guest ${domain.name} does not have the volume ${volume.volumeUuid}`)
  }
  const state = await libvirt.use((client) => client.block.job(domain, disk.target))
  if (decision === 'back') {
    if (state !== undefined) await libvirt.use((client) => client.block.abortJob(domain, disk.target))
    return false
  }
  try {
    if (state === undefined) throw new Error('the mirror has ended by itself: an I/O error of the copy')
    await libvirt.use((client) =>
      client.block.abortJob(domain, disk.target, DomainBlockJobAbortFlags.PIVOT, { timeoutMs: pivotMs }),
    )
    return true
  } catch (error) {
    if (await isMoved()) return true
    throw agentFailure('volume.copy', `The disk could not be moved: ${errorText(error)}`, { seen: errorText(error) })
  }
}
