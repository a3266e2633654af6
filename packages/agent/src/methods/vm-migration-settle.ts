import type { Params, Result } from '@altostack/agent-api'
import {
  DomainMetadataType,
  DomainModificationImpact,
  DomainPausedReason,
  type DomainRef,
  DomainState,
} from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { dismissNics } from '../network/guest-nics.ts'
import { letGoOfIdle } from '../storage/guest-volumes.ts'
import { bareMetadata, metadataKey, metadataUri } from '../xml/metadata.ts'

type Settled = Result<'vm.migration.settle'>['state']

export const vmMigrationSettle = mutatingMethod('vm.migration.settle', {
  run: (context, params) => context.guests(params.vm.instanceName, () => settle(context, params)),
  // Settling again is the same as having settled.
  probe: async () => ({ effect: 'absent' }),
})

async function settle(context: HostContext, params: Params<'vm.migration.settle'>): Promise<{ state: Settled }> {
  const { vm, decision } = params
  const domain = await context.libvirt.find(vm.instanceName)
  const seen = domain?.uuid === vm.uuid ? await stateOf(context, domain) : undefined
  if (domain === undefined || seen === undefined) {
    if (decision === 'drop') await dismissNics(context, vm.instanceName)
    await letGoOfIdle(context)
    return { state: 'absent' }
  }
  const { state, reason } = seen
  const paused = state === DomainState.PAUSED
  const byMigration = paused && migrationReasons.includes(reason)
  if (decision === 'keep') {
    // The server has proof that no other copy exists: only then it says keep.
    if (byMigration) await context.libvirt.use((client) => client.domain.resume(domain))
    await mark(context, domain, vm.generation)
    return { state: paused && !byMigration ? 'paused' : 'running' }
  }
  if (!paused) return { state: 'running' }
  if (!byMigration) return { state: 'paused' }
  await context.libvirt
    .use((client) => client.domain.destroy(domain))
    .catch((error: unknown) => {
      if (!isLibvirtCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) throw error
    })
  await dismissNics(context, vm.instanceName)
  await letGoOfIdle(context)
  return { state: 'absent' }
}

/** Undefined: it has just gone, as an incoming copy does by itself when its source is lost. */
async function stateOf(
  context: HostContext,
  domain: DomainRef,
): Promise<{ readonly state: number; readonly reason: number } | undefined> {
  try {
    return await context.libvirt.use((client) => client.domain.getState(domain))
  } catch (error) {
    if (isLibvirtCode(error, 'NO_DOMAIN')) return undefined
    throw error
  }
}

/** Why a copy is paused that a migration left; a guest paused by its owner or by an I/O error is not one. */
const migrationReasons: readonly number[] = [
  DomainPausedReason.MIGRATION,
  DomainPausedReason.STARTING_UP,
  DomainPausedReason.UNKNOWN,
]

/** The guest carries the generation of its new place from now on. */
async function mark(context: HostContext, domain: DomainRef, generation: number): Promise<void> {
  const { installation } = context.identity()
  const metadata = bareMetadata({ installation, uuid: domain.uuid, generation })
  await context.libvirt.use((client) =>
    client.domain.setMetadata(
      domain,
      { type: DomainMetadataType.ELEMENT, metadata, key: metadataKey, uri: metadataUri },
      DomainModificationImpact.LIVE,
    ),
  )
}
