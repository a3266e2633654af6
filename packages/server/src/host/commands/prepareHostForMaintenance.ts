import { prepareHostForMaintenance } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import type { ServerContext } from '../../context.ts'
import type { Row, Tx } from '../../db/database.ts'
import { guestsLeaving, guestsWithLocalDisks, hostLock } from '../evacuation.repository.ts'
import { evacuationPlan, guestsToStop, refusalEvidence, refusalLines } from '../evacuation.service.ts'
import { findHost } from '../host.repository.ts'
import { moveHostResourceState } from '../host.states.ts'
import { hostViews } from '../host.view.ts'
import { hostMaintenanceWorkflow } from '../workflows/host-maintenance.ts'

const cause = 'host.maintenance'

export const handler = defineHandler(prepareHostForMaintenance, {
  eventText: ({ entities }) => `preparing for maintenance host ${entities.id.name}`,
  async submit({ tx, ctx, entities, dryrun }) {
    const host = entities.id
    const atOnce = await entersAtOnce(tx, ctx, host)
    // A dry run tells refusals beside the moves that are possible; they come from its plan.
    if (!atOnce && !dryrun) await refuse(tx, ctx, host)
    await moveHostResourceState(tx, ctx, host, atOnce ? 'InternalEnterMaintenance' : 'AdminAskMaintenance', { cause })
    return {
      workflow: hostMaintenanceWorkflow,
      input: { hostId: host.id, hostName: host.name, atOnce },
      lockKey: hostLock(host.id),
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  async plan({ tx, ctx, entities }) {
    const host = entities.id
    if (await entersAtOnce(tx, ctx, host)) return { moves: [{ entity: host.uuid, to: 'Maintenance' }] }
    refuseState(host)
    const stopped = await guestsToStop(tx, ctx, host.id)
    const plan = await evacuationPlan(tx, ctx, host, stopped)
    const local = stopped.size > 0 ? undefined : await localStorageRefusal(tx, host)
    const named = (await guestsLeaving(tx, host.id)).filter((guest) => stopped.has(guest.id))
    return {
      moves: [
        ...plan.moves.map(({ demand, host: to }) => ({
          entity: demand.vm.uuid,
          name: demand.vm.name,
          to: 'Running',
          host: to.uuid,
          hostName: to.name,
        })),
        ...named.map((guest) => ({ entity: guest.uuid, name: guest.name, to: 'Stopped' })),
      ],
      claims: plan.moves.map(({ demand, host: to }) => ({
        entity: to.uuid,
        cpuMhz: demand.cpus * demand.mhz,
        memoryBytes: demand.memoryBytes,
        cores: demand.cpus,
      })),
      refusals: [
        ...plan.refusals.map(({ demand }, index) => ({
          code: 'host.maintenance-capacity',
          entity: demand.vm.uuid,
          seen: refusalLines(plan)[index] ?? demand.vm.name,
          fix: 'Free capacity or add a host, or stop or move this virtual machine.',
        })),
        ...(local === undefined
          ? []
          : [{ code: local.code, entity: host.uuid, seen: local.seen ?? '', fix: local.fix }]),
      ],
    }
  },
  async result({ db, ctx, entities }) {
    const host = await findHost(db, entities.id.id)
    return (await hostViews(db, ctx, host === undefined ? [] : [host]))[0] ?? {}
  },
})

async function entersAtOnce(tx: Tx, ctx: ServerContext, host: Row<'host'>): Promise<boolean> {
  if (host.status !== 'Down' || host.resource_state !== 'Enabled') return false
  return await ctx.config.flag('set.host.down.to.maintenance', { zoneId: host.data_center_id }, tx)
}

function refuseState(host: Row<'host'>): void {
  if (!['Enabled', 'ErrorInMaintenance', 'Degraded'].includes(host.resource_state)) {
    throw hostFailure('host.state', `Host ${host.name} is ${host.resource_state}: it cannot be prepared now`, {
      seen: `resource state ${host.resource_state}`,
      fix:
        host.resource_state === 'Disabled'
          ? 'Enable it first (updateHost allocationstate=Enable).'
          : 'Wait for its maintenance, or cancel it with cancelHostMaintenance.',
    })
  }
}

/** Throws what would keep a guest from moving, before anything is changed. */
async function refuse(tx: Tx, ctx: ServerContext, host: Row<'host'>): Promise<void> {
  refuseState(host)
  const guests = await guestsLeaving(tx, host.id)
  if (host.status !== 'Up' && guests.length > 0) {
    throw hostFailure('host.state', `Host ${host.name} is ${host.status}: its virtual machines cannot be moved`, {
      seen: `status ${host.status}, ${guests.length} virtual machine(s)`,
      fix: 'Bring its agent back; or declare the host degraded; or set set.host.down.to.maintenance for a host that is Down.',
    })
  }
  if (host.resource_state === 'Degraded' && guests.length > 0) {
    throw hostFailure('host.has-vms', `Host ${host.name} is Degraded and has ${guests.length} virtual machine(s)`, {
      fix: 'Put it back into service first (cancelHostAsDegraded): then they can be moved.',
    })
  }
  const stopped = await guestsToStop(tx, ctx, host.id)
  const local = stopped.size > 0 ? undefined : await localStorageRefusal(tx, host)
  if (local !== undefined) throw local
  const plan = await evacuationPlan(tx, ctx, host, stopped)
  const lines = refusalLines(plan)
  if (lines.length === 0) return
  throw hostFailure(
    'host.maintenance-capacity',
    `${lines.length} of ${lines.length + plan.moves.length} virtual machine(s) of host ${host.name} have nowhere to go: ${lines.slice(0, 5).join(' | ')}`,
    {
      seen: lines.join(' | '),
      entities: plan.refusals.map(({ demand }) => ({ uuid: demand.vm.uuid, description: 'VirtualMachine' })),
      evidence: { refusals: refusalEvidence(plan) },
    },
  )
}

async function localStorageRefusal(tx: Tx, host: Row<'host'>) {
  const local = await guestsWithLocalDisks(tx, host.id)
  if (local.size === 0) return undefined
  const guests = (await guestsLeaving(tx, host.id)).filter((guest) => local.has(guest.id))
  const names = guests.map((guest) => guest.name)
  return hostFailure(
    'host.maintenance-local-storage',
    `${names.length} virtual machine(s) of host ${host.name} have disks on its local storage`,
    {
      seen: names.slice(0, 10).join(', '),
      entities: guests.map((guest) => ({ uuid: guest.uuid, description: 'VirtualMachine' })),
    },
  )
}
