import { hostRefusal, type PoolRef, type VmToken } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { Domain } from './domain.ts'
import type { HostContext } from './host-context.ts'
import { diskKey, type PoolDirectory, type PoolFile, spaceOf, volumePath } from './storage.ts'

/** The guest that is meant, running here. */
export function requireGuest({ hypervisor }: HostContext, vm: VmToken): Domain {
  const domain = hypervisor.domains.get(vm.instanceName)
  if (domain?.uuid === vm.uuid) return domain
  throw hostRefusal(agentFailure('vm.absent', `No guest ${vm.instanceName} runs here`))
}

export function hasDisk(context: HostContext, domain: Domain, pool: PoolRef, volumeUuid: string): boolean {
  return domain.diskKeys.includes(diskKey(context.world.storage.directory(pool, context.profile.name), volumeUuid))
}

export function requireDisk(context: HostContext, domain: Domain, pool: PoolRef, volumeUuid: string): void {
  if (hasDisk(context, domain, pool, volumeUuid)) return
  throw hostRefusal(
    agentFailure('volume.absent', `The guest ${domain.instanceName} does not have the volume ${volumeUuid}`, {
      seen: volumePath(pool, volumeUuid),
    }),
  )
}

/** A guest of this host that has the volume. */
export function userOf(context: HostContext, pool: PoolRef, volumeUuid: string): Domain | undefined {
  return [...context.hypervisor.domains.values()].find((domain) => hasDisk(context, domain, pool, volumeUuid))
}

export function refuseInUse(context: HostContext, pool: PoolRef, volumeUuid: string): void {
  const user = userOf(context, pool, volumeUuid)
  if (user === undefined) return
  throw hostRefusal(
    agentFailure('volume.in-use', `The volume ${volumeUuid} is in use`, { seen: `guest ${user.instanceName}` }),
  )
}

/** A file of a pool that answers; refuses by name when it is not there. */
export function requireFile(
  context: HostContext,
  pool: PoolRef,
  name: string,
): { readonly directory: PoolDirectory; readonly file: PoolFile } {
  const directory = context.world.storage.directory(pool, context.profile.name)
  spaceOf(pool, directory)
  const file = directory.files.get(name)
  if (file !== undefined) return { directory, file }
  throw hostRefusal(agentFailure('volume.absent', 'The volume is not on the pool', { seen: volumePath(pool, name) }))
}
