import { hostRefusal, type Params, type Result } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import type { Domain } from '../domain.ts'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../host-method.ts'
import { machineTypes } from '../host-profile.ts'
import { learn, reserve } from '../reservations.ts'
import { guestRefusals, refusalError } from '../vm-refusals.ts'

type Started = Result<'vm.start'>
const defaultCpu = "<cpu mode='custom' match='exact' check='partial'><model fallback='forbid'>Simulated</model></cpu>"

export const vmStart = mutatingMethod('vm.start', {
  run: (context, params) => context.guests(params.vm.instanceName, () => start(context, params)),
  probe(context, params) {
    const running = present(context, params)
    return running === undefined ? { effect: 'absent' } : { effect: 'done', result: started(running) }
  },
})

function start(context: HostContext, params: Params<'vm.start'>): Started {
  const { vm, spec } = params
  if (vm.instanceName !== spec.instanceName || vm.uuid !== spec.uuid) {
    throw hostRefusal(
      agentFailure('agent.params', 'vm and spec name different guests', {
        seen: `${vm.instanceName}, ${spec.instanceName}`,
      }),
    )
  }
  const already = present(context, params)
  if (already !== undefined) return started(already)
  const [refusal] = guestRefusals(context, spec)
  if (refusal !== undefined) throw refusalError(refusal)
  learn(context, spec)
  reserve(context, spec.instanceName, spec.nics)
  const family = spec.architecture === 'x86_64' ? (spec.bootMode === 'UEFI' ? 'pc-q35-' : 'pc-i440fx-') : 'virt-'
  const domain = context.hypervisor.start(
    spec,
    {
      generation: vm.generation,
      machineType: spec.machineType ?? (machineTypes.find((name) => name.startsWith(family)) as string),
      cpuXml: spec.cpuXml === undefined || spec.cpuXml === '' ? defaultCpu : spec.cpuXml,
      acceleration: 'kvm',
    },
    'booted',
  )
  return started(domain)
}

/** The guest of this generation, running; undefined when there is none; refuses another guest of the name. */
function present({ hypervisor }: HostContext, { vm }: Params<'vm.start'>): Domain | undefined {
  const domain = hypervisor.domains.get(vm.instanceName)
  if (domain === undefined) return undefined
  if (domain.uuid === vm.uuid && domain.generation === vm.generation) return domain
  throw hostRefusal(
    agentFailure('vm.present', `A guest named ${vm.instanceName} is on the host already`, {
      seen: `uuid ${domain.uuid}, generation ${domain.generation}, ${domain.state}`,
    }),
  )
}

function started({ vncPort, machineType, cpuXml, acceleration, state }: Domain): Started {
  return { vncPort, machineType, cpuXml, acceleration, state }
}
