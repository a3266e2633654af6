import { link, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type AdoptedFile, hostRefusal, type Params, type Result, type VmToken } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import {
  DomainMetadataType,
  DomainModificationImpact,
  type DomainRef,
  DomainState,
  DomainUndefineFlagsValues,
  DomainXMLFlags,
} from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { dismissNics } from '../network/guest-nics.ts'
import { driverOf } from '../storage/drivers.ts'
import { syncPath } from '../storage/place-file.ts'
import { imagePath } from '../storage/volumes.ts'
import { buildDomain } from '../vm/build-domain.ts'
import { vncPort } from '../vm/read-domain.ts'
import { bareMetadata, metadataKey, metadataUri } from '../xml/metadata.ts'
import { parseXml, writeXml } from '../xml/parse-xml.ts'

type Adopted = Result<'vm.adopt'>

/** Repeatable at any point: what a crash left undone is done by the next call. */
export async function adopt(context: HostContext, { vm, files }: Params<'vm.adopt'>): Promise<Adopted> {
  const domain = await context.libvirt.find(vm.instanceName)
  if (domain?.uuid !== vm.uuid) {
    // A guest that does not run is gone from libvirt as soon as it is ours.
    if (domain === undefined && savedXml(context, vm) !== undefined) return { power: 'PowerOff' }
    throw hostRefusal(
      agentFailure('vm.absent', `No guest ${vm.instanceName} is here`, {
        seen: domain === undefined ? 'no such guest' : `another guest, ${domain.uuid}`,
      }),
    )
  }
  const runs = await isRunning(context, domain)
  if (runs && files.some(({ name, volumeUuid }) => name !== volumeUuid)) {
    throw hostRefusal(
      agentFailure('volume.in-use', 'Disks of a running guest cannot be renamed', {
        seen: files.map(({ name }) => name).join(', '),
      }),
    )
  }
  await keepXml(context, domain)
  if (runs) await mark(context, domain, vm.generation)
  else await rename(context, files, 'to-volume')
  await undefine(context, domain)
  if (!runs) return { power: 'PowerOff' }
  const port = vncPort(parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain))))
  return { power: 'PowerOn', ...(port === undefined ? {} : { vncPort: port }) }
}

/** The guest is nobody's, or as it was before it was adopted. Repeatable at any point. */
export async function release(
  context: HostContext,
  { vm, restore, files, spec }: Params<'vm.release'>,
): Promise<Result<'vm.release'>> {
  const domain = await context.libvirt.find(vm.instanceName)
  const saved = savedXml(context, vm)
  if (domain !== undefined && domain.uuid !== vm.uuid) {
    throw hostRefusal(agentFailure('vm.present', `Another guest is named ${vm.instanceName}`, { seen: domain.uuid }))
  }
  if (domain !== undefined && (await isRunning(context, domain))) {
    await unmark(context, domain)
    await define(context, restore && saved !== undefined ? saved : await portableXml(context, domain))
  } else if (restore) {
    await rename(context, files, 'from-volume')
    if (saved !== undefined && domain === undefined) await define(context, saved)
  } else if (domain === undefined && spec !== undefined) {
    const { xml } = await buildDomain(context, spec, vm.generation)
    await define(context, withoutMark(xml))
  }
  if (!restore) await dismissNics(context, vm.instanceName)
  context.database.prepare('DELETE FROM adopted WHERE instance = ?').run(vm.instanceName)
  return { defined: (await context.libvirt.find(vm.instanceName)) !== undefined }
}

async function isRunning(context: HostContext, domain: DomainRef): Promise<boolean> {
  const { state } = await context.libvirt.use((client) => client.domain.getState(domain))
  return state !== DomainState.SHUTOFF && state !== DomainState.CRASHED
}

function savedXml(context: HostContext, vm: Pick<VmToken, 'instanceName' | 'uuid'>): string | undefined {
  const row = context.database
    .prepare('SELECT xml FROM adopted WHERE instance = ? AND uuid = ?')
    .get(vm.instanceName, vm.uuid) as { xml: string } | undefined
  return row?.xml
}

/** The definition of before, on the agent's disk before anything is changed. A second look never replaces it. */
async function keepXml(context: HostContext, domain: DomainRef): Promise<void> {
  if (savedXml(context, { instanceName: domain.name, uuid: domain.uuid }) !== undefined) return
  const { INACTIVE, SECURE } = DomainXMLFlags
  const xml = await context.libvirt.use((client) => client.domain.getXmlDesc(domain, INACTIVE | SECURE))
  context.database
    .prepare('INSERT OR REPLACE INTO adopted (instance, uuid, xml) VALUES (?, ?, ?)')
    .run(domain.name, domain.uuid, xml)
}

async function mark(context: HostContext, domain: DomainRef, generation: number): Promise<void> {
  const { installation } = context.identity()
  await metadata(context, domain, bareMetadata({ installation, uuid: domain.uuid, generation }))
}

async function unmark(context: HostContext, domain: DomainRef): Promise<void> {
  // libvirt refuses to take away what is not there.
  await metadata(context, domain, null).catch(() => {})
}

async function metadata(context: HostContext, domain: DomainRef, text: string | null): Promise<void> {
  await context.libvirt.use((client) =>
    client.domain.setMetadata(
      domain,
      { type: DomainMetadataType.ELEMENT, metadata: text, key: text === null ? null : metadataKey, uri: metadataUri },
      DomainModificationImpact.LIVE,
    ),
  )
}

async function undefine(context: HostContext, domain: DomainRef): Promise<void> {
  const { KEEP_NVRAM, MANAGED_SAVE } = DomainUndefineFlagsValues
  await context.libvirt.use(async (client) => {
    // A transient guest has no definition to lose.
    await client.domain.undefine(domain, KEEP_NVRAM | MANAGED_SAVE).catch(() => {})
  })
}

async function define(context: HostContext, xml: string): Promise<void> {
  await context.libvirt.use((client) => client.domain.defineXml(xml))
}

async function portableXml(context: HostContext, domain: DomainRef): Promise<string> {
  const { INACTIVE, SECURE, MIGRATABLE } = DomainXMLFlags
  return withoutMark(
    await context.libvirt.use((client) => client.domain.getXmlDesc(domain, INACTIVE | SECURE | MIGRATABLE)),
  )
}

function withoutMark(xml: string): string {
  const root = parseXml(xml)
  const children = root.children.filter(({ name }) => name !== 'metadata')
  return writeXml({ ...root, children }).text
}

/** By hard link, so that nothing that is there under the new name is ever replaced. */
async function rename(
  context: HostContext,
  files: readonly AdoptedFile[],
  way: 'to-volume' | 'from-volume',
): Promise<void> {
  for (const { pool, name, volumeUuid } of files) {
    if (name === volumeUuid) continue
    if (driverOf(pool).kind !== 'file') {
      throw hostRefusal(agentFailure('volume.conflict', 'Only files are renamed', { seen: name }))
    }
    await context.pools.use(pool, async () => {
      const theirs = join(pool.path, name)
      const ours = imagePath(pool, volumeUuid)
      const [from, to] = way === 'to-volume' ? [theirs, ours] : [ours, theirs]
      if ((await stat(from).catch(() => undefined)) === undefined) return
      await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
        const same = error.code === 'EEXIST' && (await stat(to)).ino === (await stat(from)).ino
        if (!same) throw error
      })
      await rm(from)
      await syncPath(pool.path)
    })
  }
}
