import type { Params } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainBlockCopyFlags, DomainBlockJobAbortFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { type Job, mutatingMethod } from '../journal/host-method.ts'
import { refuseUse, requireSpace, requireVolume } from '../storage/copy-volume.ts'
import { driverOf } from '../storage/drivers.ts'
import { createImage } from '../storage/qemu-img.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'
import { imagePath } from '../storage/volumes.ts'
import { guestDisk, requireGuest, requireGuestDisk } from '../vm/guest-disk.ts'
import { sourceElement } from '../xml/disks.ts'

const pollMs = 250
type Mirror = Params<'volume.mirror'>

export const volumeMirror = mutatingMethod('volume.mirror', {
  async run(context, params, job) {
    const domain = await requireGuest(context, params.vm)
    if (!(await isMoved(context, domain, params))) await mirror(context, domain, params, job)
    return { ...(await requireVolume(context, { ...params.volume, pool: params.to })) }
  },
  async probe(context, params) {
    const domain = await context.libvirt.find(params.vm.instanceName)
    // A guest that is gone has the disk that its last definition named; the server looks at the files.
    if (domain?.uuid !== params.vm.uuid) return { effect: 'absent' }
    if (!(await isMoved(context, domain, params))) return { effect: 'absent' }
    return { effect: 'done', result: { ...(await requireVolume(context, { ...params.volume, pool: params.to })) } }
  },
})

/** The guest goes on with the copy. */
async function isMoved(context: HostContext, domain: DomainRef, params: Mirror): Promise<boolean> {
  return (await guestDisk(context, domain, params.to, params.volume.volumeUuid)) !== undefined
}

async function mirror(context: HostContext, domain: DomainRef, params: Mirror, job: Job): Promise<void> {
  const { volume, to } = params
  const { libvirt, pools, runtime } = context
  const disk = await requireGuestDisk(context, domain, volume.pool, volume.volumeUuid)
  // A job that a crash of this agent left goes on by itself: it is awaited, not begun again.
  if ((await libvirt.use((client) => client.block.job(domain, disk.target))) === undefined) {
    await refuseUse(context, to, volume.volumeUuid)
    const owner = await qemuOwner(context)
    const source = await requireVolume(context, volume)
    await requireSpace(context, to, source.physicalBytes)
    const driver = driverOf(to)
    await pools.use(to, async () => {
      const room = { format: volume.format, sizeBytes: source.sizeBytes }
      const path = await driver.reserve(context, to, volume.volumeUuid, room)
      await createImage(runtime, { path, format: volume.format, sizeBytes: source.sizeBytes })
      // Under its name before it is filled: the guest keeps the name that it has at the turn.
      await driver.publish(context, to, volume.volumeUuid, owner)
      await driver.activate(context, to, volume.volumeUuid)
    })
    await begin(context, domain, disk.target, params)
  }
  try {
    await awaitReady(context, domain, disk.target, job)
    await libvirt.use((client) =>
      client.block.abortJob(domain, disk.target, DomainBlockJobAbortFlags.PIVOT, { timeoutMs: 120_000 }),
    )
  } catch (error) {
    if (job.signal.aborted) throw error
    if (await isMoved(context, domain, params)) return
    throw agentFailure('volume.copy', `The disk could not be moved: ${errorText(error)}`, { seen: errorText(error) })
  }
}

async function begin(context: HostContext, domain: DomainRef, target: string, { volume, to }: Mirror): Promise<void> {
  const kind = driverOf(to).kind
  const dest = `<disk type='${kind}'>
  <driver name='qemu' type='${volume.format}'/>
  ${sourceElement(kind, imagePath(to, volume.volumeUuid)).text}
</disk>`
  await context.libvirt.use((client) =>
    client.block.copy(domain, target, dest, DomainBlockCopyFlags.REUSE_EXT | DomainBlockCopyFlags.TRANSIENT_JOB),
  )
}

async function awaitReady(context: HostContext, domain: DomainRef, target: string, job: Job): Promise<void> {
  for (;;) {
    const state = await context.libvirt.use((client) => client.block.job(domain, target))
    if (state === undefined) throw new Error('the mirror ended by itself: an I/O error, or the guest is gone')
    job.progress({ copiedBytes: state.cur, sizeBytes: state.end })
    if (state.end > 1 && state.cur === state.end) return
    await context.runtime.sleep(pollMs, job.signal)
  }
}

/** Ends a mirror that is under way; the guest stays with its disk. */
export async function endMirror(context: HostContext, domain: DomainRef, target: string): Promise<void> {
  const state = await context.libvirt.use((client) => client.block.job(domain, target))
  if (state !== undefined) await context.libvirt.use((client) => client.block.abortJob(domain, target))
}
