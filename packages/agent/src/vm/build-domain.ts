import { join } from 'node:path'
import { hostRefusal, type IsoRef, type VmSpec } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { architecture, isBridge, machineTypes } from '../facts/facts.ts'
import { parseCpuInfo, readText } from '../facts/machine.ts'
import type { HostContext } from '../host-context.ts'
import { numberSetting } from '../properties/settings.ts'
import { driverOf } from '../storage/drivers.ts'
import { backingChain, imagePath, statVolume } from '../storage/volumes.ts'
import { hasIsoDrive, type IsoSource } from '../xml/cdrom.ts'
import { emulatedCpu, resolveHostModel, storedCpu } from '../xml/cpu.ts'
import type { DiskSource } from '../xml/disks.ts'
import { domainXml } from '../xml/domain.ts'
import { parseXml } from '../xml/parse-xml.ts'
import type { XmlText } from '../xml/xml-text.ts'

export type BuiltDomain = { readonly xml: string; readonly acceleration: 'kvm' | 'tcg' }

/** The domain of a spec on this host; refuses by name what the host lacks, before anything is changed. */
export async function buildDomain(
  context: HostContext,
  spec: VmSpec,
  generation: number,
  configDrive?: string,
): Promise<BuiltDomain> {
  if (spec.architecture !== architecture()) {
    throw hostRefusal(agentFailure('vm.architecture', `The guest is ${spec.architecture}`, { seen: architecture() }))
  }
  for (const { bridge } of spec.nics) {
    if (isBridge(bridge)) continue
    throw hostRefusal(
      agentFailure('network.bridge', `The bridge ${bridge} does not exist on the host`, {
        seen: `no /sys/class/net/${bridge}/bridge`,
      }),
    )
  }
  const { kind } = await context.acceleration()
  const disks = await Promise.all(spec.disks.map((disk) => diskSource(context, disk)))
  const iso = spec.cdrom === undefined ? undefined : await isoSource(context, spec.cdrom)
  const machineType = await chooseMachine(context, spec)
  if (iso !== undefined && !hasIsoDrive(spec.disks, machineType)) {
    throw hostRefusal(
      agentFailure('vm.cdrom', 'The guest has no drive for its ISO', {
        seen: 'an IDE disk is device 2, where the drive is',
        fix: 'Detach the disk or the ISO.',
      }),
    )
  }
  const cpu = await chooseCpu(context, spec, kind, machineType)
  const { installation } = context.identity()
  const xml = domainXml(spec, {
    acceleration: kind,
    machineType,
    cpu,
    mark: { installation, uuid: spec.uuid, generation },
    disks,
    cdroms: configDrive === undefined ? [] : [{ deviceId: 3, path: configDrive }],
    iso,
    consoleLog: join(
      context.settings.get('alto.guest.log.dir') ?? context.paths.guestLogDir,
      `${spec.instanceName}-console.log`,
    ),
    // Without a password nobody but this host may look.
    vncListen: spec.vncPassword === '' ? '127.0.0.1' : (context.settings.get('alto.vnc.listen') ?? '0.0.0.0'),
    hostMhz: hostMhz(context),
    tbCacheMiB: numberSetting(context.settings, 'alto.tcg.tb.cache.mb'),
  })
  return { xml, acceleration: kind }
}

function hostMhz(context: HostContext): number {
  const set = Number(context.settings.get('host.cpu.manual.speed.mhz') ?? 0)
  return set > 0 ? set : parseCpuInfo(readText('/proc/cpuinfo') ?? '').mhz
}

/** The disk with what lies under it on its pool. Refuses a disk that is not there. */
export async function diskSource(context: HostContext, disk: VmSpec['disks'][number]): Promise<DiskSource> {
  return await context.pools.use(disk.pool, async () => {
    if ((await statVolume(context, disk.pool, disk.volumeUuid, disk.format)) === undefined) {
      throw hostRefusal(
        agentFailure('volume.absent', 'A disk of the guest is not on its pool', {
          seen: imagePath(disk.pool, disk.volumeUuid),
        }),
      )
    }
    const driver = driverOf(disk.pool)
    return {
      ...disk,
      kind: driver.kind,
      path: imagePath(disk.pool, disk.volumeUuid),
      backing: disk.format === 'raw' ? [] : await backingChain(context, disk.pool, disk.volumeUuid),
    }
  })
}

/** An ISO's copy on its pool. Refuses one that is not there, and what is no template's copy: a volume is never a disc. */
export async function isoSource(context: HostContext, { pool, uuid }: IsoRef): Promise<IsoSource> {
  return await context.pools.use(pool, async () => {
    const driver = driverOf(pool)
    const record = await driver.template(context, pool, uuid)
    if (record?.format !== 'raw') {
      throw hostRefusal(
        agentFailure('template.absent', 'The ISO has no copy on the pool', { seen: imagePath(pool, uuid) }),
      )
    }
    await driver.activate(context, pool, uuid)
    return { kind: driver.kind, path: imagePath(pool, uuid) }
  })
}

/** The stored type of an earlier start, else the newest i440fx (BIOS) or q35 (UEFI) of this host. */
async function chooseMachine(context: HostContext, spec: VmSpec): Promise<string> {
  const known = machineTypes(parseXml(await context.libvirt.use((client) => client.host.getCapabilities())))
  if (spec.machineType !== undefined) {
    if (known.includes(spec.machineType)) return spec.machineType
    throw hostRefusal(
      agentFailure('vm.machine-type', `The host does not know the machine type ${spec.machineType}`, {
        seen: known.slice(0, 6).join(', '),
      }),
    )
  }
  const family = spec.architecture === 'x86_64' ? (spec.bootMode === 'UEFI' ? 'pc-q35-' : 'pc-i440fx-') : 'virt-'
  const newest = known.find((name) => name.startsWith(family))
  if (newest !== undefined) return newest
  throw hostRefusal(
    agentFailure('vm.machine-type', `The host has no machine type ${family}*`, { seen: known.slice(0, 6).join(', ') }),
  )
}

async function chooseCpu(
  context: HostContext,
  spec: VmSpec,
  kind: 'kvm' | 'tcg',
  machineType: string,
): Promise<XmlText> {
  if (spec.cpuXml !== undefined && spec.cpuXml !== '') return storedCpu(spec.cpuXml)
  if (kind === 'tcg') return emulatedCpu
  return resolveHostModel(
    await context.libvirt.use((client) =>
      client.host.getDomainCapabilities({ arch: spec.architecture, machine: machineType, virtType: 'kvm' }),
    ),
  )
}
