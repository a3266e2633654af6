import type { DiskSpec, PoolRef } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import type { DomainRef } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { find, findAll, parseXml } from '../xml/parse-xml.ts'
import { driverOf } from './drivers.ts'
import { groupOf, listVolumes } from './lvm.ts'
import { mayBeOpened } from './lvm-driver.ts'

type GuestVolume = { readonly pool: PoolRef; readonly name: string }

/** Makes the disks of a guest usable here, before it starts or arrives. The caller's generation token has been accepted. */
export async function activateDisks(context: HostContext, disks: readonly DiskSpec[]): Promise<void> {
  for (const { pool, volumeUuid } of disks) {
    const driver = driverOf(pool)
    if (driver.kind !== 'block') continue
    await context.pools.use(pool, () => driver.activate(context, pool, volumeUuid))
  }
}

/** Takes `activateDisks` back where the guest did not come. */
export async function releaseDisks(context: HostContext, disks: readonly DiskSpec[]): Promise<void> {
  const block = disks.filter(({ pool }) => driverOf(pool).kind === 'block')
  await letGo(
    context,
    block.map(({ pool, volumeUuid }) => ({ pool, name: volumeUuid })),
  )
}

/** Volumes of block pools that a guest of this host has, to be let go after its end. */
export async function volumesOfGuest(context: HostContext, domain: DomainRef): Promise<GuestVolume[]> {
  const pools = blockPools(context)
  if (pools.length === 0) return []
  const root = parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain)).catch(() => '<none/>'))
  return findAll(root, 'devices/disk').flatMap((disk) => {
    const device = find(disk, 'source')?.attributes.dev ?? ''
    const pool = pools.find((one) => device.startsWith(`${one.path}/`))
    return pool === undefined ? [] : [{ pool, name: device.slice(pool.path.length + 1) }]
  })
}

/** Nobody here uses them any more, so another host may. What cannot be let go is told and looked at again. */
export async function letGo(context: HostContext, volumes: readonly GuestVolume[]): Promise<void> {
  for (const { pool, name } of volumes) {
    await context.pools
      .use(pool, () => driverOf(pool).deactivate(context, pool, name))
      .catch((error: unknown) => context.log.warn({ name, error: errorText(error) }, 'a volume stays active here'))
  }
}

/**
 * Lets go of every volume that is active here and that no guest has: after a migration, a crash of a guest or of this
 * agent. Volumes that a guest may be about to open are left alone.
 */
export async function letGoOfIdle(context: HostContext): Promise<void> {
  const pools = blockPools(context)
  if (pools.length === 0) return
  const texts = await context.libvirt.use(async (client) =>
    Promise.all((await client.host.listAllDomains()).map((one) => client.domain.getXmlDesc(one).catch(() => ''))),
  )
  for (const pool of pools) {
    const idle = (await listVolumes(context.runtime, groupOf(pool)).catch(() => [])).filter(
      (one) =>
        one.active &&
        !one.open &&
        !mayBeOpened(context, one.name) &&
        one.tags.get('kind') === 'volume' &&
        !texts.some((xml) => xml.includes(one.name)),
    )
    await letGo(
      context,
      idle.map(({ name }) => ({ pool, name })),
    )
  }
}

const everyMs = 60_000

/** Now and then: a guest ends by itself, too. Answers how to stop. */
export function keepIdleVolumesDown(context: HostContext): () => void {
  let stopped = false
  let cancel = (): void => {}
  const later = (): void => {
    cancel = context.runtime.after(everyMs, () => {
      const look = context.libvirt.up() ? letGoOfIdle(context) : Promise.resolve()
      look
        .catch((error: unknown) => context.log.warn({ error: errorText(error) }, 'idle volumes could not be looked at'))
        .finally(() => {
          if (!stopped) later()
        })
    })
  }
  later()
  return () => {
    stopped = true
    cancel()
  }
}

function blockPools(context: HostContext): PoolRef[] {
  return context.pools.attached().filter((pool) => driverOf(pool).kind === 'block')
}
