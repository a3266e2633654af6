import type { UnmanagedGuest } from '@altostack/agent-api'
import type { Domain } from '../domain.ts'
import type { HostContext } from '../host-context.ts'
import { readingMethod } from '../host-method.ts'
import { volumePath } from '../storage.ts'

export const vmUnmanaged = readingMethod('vm.unmanaged', (context, { name }) => ({
  guests: [...context.hypervisor.domains.values()]
    .filter(({ instanceName }) => name === undefined || instanceName === name)
    .map((domain) => describe(context, domain)),
}))

function describe({ world, profile }: HostContext, domain: Domain): UnmanagedGuest {
  const { spec } = domain
  return {
    name: domain.instanceName,
    uuid: domain.uuid,
    power: 'PowerOn',
    cpus: spec.cpus,
    memoryBytes: spec.memoryBytes,
    architecture: spec.architecture,
    machineType: domain.machineType,
    cpuXml: domain.cpuXml,
    bootMode: spec.bootMode,
    lastGeneration: 0,
    disks: spec.disks.map(({ volumeUuid, pool, format, deviceId, bus }) => {
      const file = world.storage.directory(pool, profile.name).files.get(volumeUuid)
      const target = `vd${String.fromCharCode(97 + deviceId)}`
      const base = { target, bus, path: volumePath(pool, volumeUuid), format }
      if (file === undefined) return { ...base, seen: 'no such file' }
      const { sizeBytes, physicalBytes, backing } = file
      return { ...base, sizeBytes, physicalBytes, ...(backing === undefined ? {} : { backing }) }
    }),
    nics: spec.nics.map(({ mac, model, bridge }, index) => ({ mac, model, bridge, tap: `vnet${index}` })),
  }
}
