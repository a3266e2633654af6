import type { Params } from '@altostack/agent-api'
import type { Domain } from '../domain.ts'
import type { HostContext } from '../host-context.ts'
import { type Job, mutatingMethod } from '../host-method.ts'
import { releaseReservations } from '../reservations.ts'

const pollMs = 10

export const vmStop = mutatingMethod('vm.stop', {
  async run(context, params, job) {
    // A start of the same guest that is under way ends first, so that it cannot outlive its stop.
    await context.guests(params.vm.instanceName, () => {})
    const how = await end(context, params, job)
    releaseReservations(context, params.vm.instanceName)
    return { how }
  },
  probe(context, params) {
    if (guest(context, params) !== undefined) return { effect: 'absent' }
    releaseReservations(context, params.vm.instanceName)
    return { effect: 'done', result: { how: 'absent' } }
  },
})

/** The guest of that name if it is the one that was meant: another of the same name is not touched. */
function guest({ hypervisor }: HostContext, { vm }: Params<'vm.stop'>): Domain | undefined {
  const domain = hypervisor.domains.get(vm.instanceName)
  return domain?.uuid === vm.uuid ? domain : undefined
}

async function end(context: HostContext, params: Params<'vm.stop'>, job: Job): Promise<string> {
  const { runtime, hypervisor } = context
  const domain = guest(context, params)
  if (domain === undefined) return 'absent'
  if (params.graceMs > 0) {
    const until = runtime.monotonic() + params.graceMs
    hypervisor.shutDown(domain)
    while (runtime.monotonic() < until) {
      if (guest(context, params) === undefined) return 'shutdown'
      await runtime.sleep(Math.min(pollMs, until - runtime.monotonic()), job.signal)
    }
  }
  const now = guest(context, params)
  return now !== undefined && hypervisor.end(now, 'destroyed') ? 'destroyed' : 'shutdown'
}
