import { hostRefusal, type Params, type Result, type VmSpec } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainCreateFlags, type DomainRef } from '@altostack/libvirt'
import { admitConfigDrive } from '../config-drive/config-drive.ts'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { knownGeneration } from '../journal/tokens.ts'
import { askAgain, screenPortTaken } from '../libvirt/ask-again.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { admitNics, dismissNics } from '../network/guest-nics.ts'
import { activateDisks, releaseDisks } from '../storage/guest-volumes.ts'
import { ownDisks } from '../storage/own-disks.ts'
import { buildDomain } from '../vm/build-domain.ts'
import { readRunning } from '../vm/read-domain.ts'

type Started = Result<'vm.start'>

export const vmStart = mutatingMethod('vm.start', {
  run: (context, params) => context.guests(params.vm.instanceName, () => start(context, params)),
  async probe(context, params) {
    const running = await present(context, params)
    return running === undefined ? { effect: 'absent' } : { effect: 'done', result: running }
  },
})

async function start(context: HostContext, params: Params<'vm.start'>): Promise<Started> {
  const { vm, spec } = params
  if (vm.instanceName !== spec.instanceName || vm.uuid !== spec.uuid) {
    throw hostRefusal(
      agentFailure('agent.params', 'vm and spec name different guests', {
        seen: `${vm.instanceName}, ${spec.instanceName}`,
      }),
    )
  }
  const already = await present(context, params)
  if (already !== undefined) return already
  const nics = await admitNics(context, spec.instanceName, spec.nics, spec)
  try {
    return await create(context, params, { ...spec, nics })
  } catch (error) {
    if ((await context.libvirt.find(vm.instanceName).catch(() => 'unknown')) === undefined) {
      await dismissNics(context, vm.instanceName)
      await releaseDisks(context, spec.disks)
    }
    throw error
  }
}

async function create(context: HostContext, params: Params<'vm.start'>, spec: VmSpec): Promise<Started> {
  const { vm } = params
  await activateDisks(context, spec.disks)
  await ownDisks(context, spec.disks)
  const configDrive = await admitConfigDrive(context, spec)
  const built = await buildDomain(context, spec, vm.generation, configDrive)
  let domain: DomainRef
  try {
    domain = await askAgain(
      screenPortTaken,
      () =>
        context.libvirt.use((client) =>
          client.domain.createXml(built.xml, DomainCreateFlags.NONE, { timeoutMs: 110_000 }),
        ),
      context.runtime,
    )
  } catch (error) {
    if (!isLibvirtCode(error, 'OPERATION_FAILED', 'DOM_EXIST', 'OPERATION_INVALID')) throw startFailure(error)
    // Another attempt of the same start may have been faster.
    const raced = await present(context, params)
    if (raced === undefined) throw startFailure(error)
    return raced
  }
  const known = knownGeneration(context.database, vm.instanceName, vm.uuid)
  if (known !== undefined && known > vm.generation) {
    // A newer owner came while libvirt worked: what was started here must not run.
    await context.libvirt.use((client) => client.domain.destroy(domain))
    throw agentFailure('agent.stale-token', 'A newer caller has acted', { seen: `generation ${known}` })
  }
  return await readRunning(context, domain)
}

/** The guest of this generation, running; undefined when there is none; refuses another guest of the name. */
async function present(context: HostContext, params: Params<'vm.start'>): Promise<Started | undefined> {
  const { vm } = params
  const domain = await context.libvirt.find(vm.instanceName)
  if (domain === undefined) return undefined
  const running = await readRunning(context, domain)
  if (domain.uuid === vm.uuid && running.mark?.generation === vm.generation) return running
  throw hostRefusal(
    agentFailure('vm.present', `A guest named ${vm.instanceName} is on the host already`, {
      seen: `uuid ${domain.uuid}, generation ${running.mark?.generation ?? 'none'}, ${running.state}`,
    }),
  )
}

function startFailure(error: unknown): unknown {
  if (!isLibvirtCode(error, ...startCodes)) return error
  return agentFailure('vm.start', `The guest could not be started: ${errorText(error)}`, {
    seen: errorText(error),
    cause: error,
  })
}

/** What libvirt answers when it or QEMU will not start a guest; others are about libvirt itself. */
const startCodes = [
  'INTERNAL_ERROR',
  'OPERATION_FAILED',
  'OPERATION_INVALID',
  'CONFIG_UNSUPPORTED',
  'XML_ERROR',
  'XML_DETAIL',
  'SYSTEM_ERROR',
  'INVALID_ARG',
  'NO_SUPPORT',
  'CPU_INCOMPATIBLE',
]
