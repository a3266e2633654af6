import type { Params } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainBlockCopyFlags, type DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { type Job, mutatingMethod } from '../journal/host-method.ts'
import { refuseUse, requireSpace, requireVolume } from '../storage/copy-volume.ts'
import { driverOf } from '../storage/drivers.ts'
import { createImage } from '../storage/qemu-img.ts'
import { qemuOwner } from '../storage/qemu-owner.ts'
import { imagePath } from '../storage/volumes.ts'
import { guestDisk, requireGuest, requireGuestDisk } from '../vm/guest-disk.ts'
import { sourceElement } from '../xml/disks.ts'
import { find } from '../xml/parse-xml.ts'

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
      // What an attempt of before left is no copy.
      await driver.remove(context, to, volume.volumeUuid)
      const path = await driver.reserve(context, to, volume.volumeUuid, room)
      await createImage(runtime, { path, format: volume.format, sizeBytes: source.sizeBytes })
      // Under its name before it is filled: the guest keeps the name that it has at the turn.
      await driver.publish(context, to, volume.volumeUuid, owner)
      await driver.activate(context, to, volume.volumeUuid)
    })
    await begin(context, domain, disk.target, params)
  }
  try {
    await awaitReady(context, domain, disk.target, params, job)
  } catch (error) {
    if (job.signal.aborted) throw error
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
    client.block.copy(
      domain,
      target,
      dest,
      // Synchronous: once it is in step, the copy lacks no write that the guest believes in, whatever dies then.
      DomainBlockCopyFlags.REUSE_EXT | DomainBlockCopyFlags.TRANSIENT_JOB | DomainBlockCopyFlags.SYNCHRONOUS_WRITES,
    ),
  )
}

async function awaitReady(
  context: HostContext,
  domain: DomainRef,
  target: string,
  params: Mirror,
  job: Job,
): Promise<void> {
  const { volumeUuid } = params.volume
  for (;;) {
    const state = await context.libvirt.use((client) => client.block.job(domain, target))
    if (state === undefined) throw new Error('the mirror ended by itself: an I/O error, or the guest is gone')
    job.progress({ copiedBytes: state.cur, sizeBytes: state.end })
    // libvirt's word for it: of a disk to which nothing was written the numbers say nothing.
    const disk = state.cur === state.end ? await guestDisk(context, domain, params.volume.pool, volumeUuid) : undefined
    if (disk !== undefined && find(disk.element, 'mirror')?.attributes.ready === 'yes') return
    await context.runtime.sleep(pollMs, job.signal)
  }
}
