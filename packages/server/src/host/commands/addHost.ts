import { addHost } from '@altostack/api'
import { AltoError, apiFailure, Bug, errorText, hostFailure, type JsonObject } from '@altostack/core'
import { createCluster, findCluster, findClusterByName } from '../../cluster/index.ts'
import { type Caller, isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import type { ServerContext } from '../../context.ts'
import type { Queries, Row, Tx } from '../../db/database.ts'
import { type AddHostInput, inspectFor, targetOf } from '../add-host.service.ts'
import { lookForBridge, requireInterfaceName } from '../bridge/bridge-on-host.ts'
import { findHost } from '../host.repository.ts'
import { hostViews } from '../host.view.ts'
import { bridgeFor } from '../host-bridges.ts'
import { readHostUrl } from '../host-url.ts'
import { withRecruit } from '../recruit-host.ts'
import { forgetPassword, keepPassword } from '../recruit-secrets.ts'
import { hostAddWorkflow } from '../workflows/host-add.ts'

type Asked = {
  readonly url: string
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly hypervisor: string
  readonly hostkey?: string | undefined
  readonly hosttags?: readonly string[] | undefined
  readonly allocationstate?: string | undefined
  readonly bridgenic?: string | undefined
}

export const handler = defineHandler(addHost, {
  eventText: ({ input }) => `adding host ${input.url}`,
  async submit({ tx, ctx, caller, input, entities, dryrun, now }) {
    const [zone, pod] = [entities.zoneid, entities.podid]
    refuseMisplaced(zone, pod, entities.clusterid, caller)
    const { address } = readHostUrl(input.url)
    const cluster = entities.clusterid ?? (await clusterByName(tx, ctx, input, zone, pod, now))
    if (cluster.hypervisor_type.toLowerCase() !== input.hypervisor.toLowerCase()) {
      throw hostFailure('host.hypervisor', `Cluster ${cluster.name} holds ${cluster.hypervisor_type} hosts`, {
        seen: `hypervisor ${input.hypervisor}`,
      })
    }
    if (input.hypervisor.toLowerCase() !== 'kvm') {
      throw hostFailure('host.hypervisor', `Hosts of type ${input.hypervisor} join by token, not by SSH`, {
        fix: 'createJoinToken, then start the simulator with the token.',
      })
    }
    const keeps = input.password !== undefined && input.password !== '' && !dryrun
    const ticket = keeps ? keepPassword(ctx, input.password ?? '') : null
    return {
      workflow: hostAddWorkflow,
      input: await runInput(ctx, tx, cluster, input, ticket, caller.userId),
      lockKey: `host-address:${address}`,
    }
  },
  /** The read-only checks over SSH: what addHost would be refused for. */
  async probe({ ctx, caller, input, entities }) {
    const cluster = entities.clusterid
    if (cluster === undefined) return {}
    const password = input.password === undefined || input.password === '' ? undefined : input.password
    const ticket = password === undefined ? null : keepPassword(ctx, password)
    const { address } = readHostUrl(input.url)
    try {
      const asked = await runInput(ctx, ctx.db, cluster, input, ticket, caller.userId)
      const { checks } = await inspectFor(ctx, asked, await targetOf(ctx, asked))
      const bridge = await bridgeSteps(ctx, asked)
      const refusals = checks
        // The bridge is made first where it is asked for.
        .filter((check) => check.status === 'fail' && !(bridge.length > 0 && ['bridge', 'uplink'].includes(check.name)))
        .map((check) => ({ code: check.code ?? 'host.check', entity: address, seen: check.seen, fix: check.fix ?? '' }))
      return {
        steps: [...checks.map((check) => `check ${check.name}: ${check.status}, ${check.seen}`), ...bridge],
        refusals,
      }
    } catch (error) {
      if (!(error instanceof AltoError)) throw error
      const seen = error.seen === undefined ? errorText(error) : `${errorText(error)}: ${error.seen}`
      return { refusals: [{ code: error.code, entity: address, seen, fix: error.fix }] }
    } finally {
      if (ticket !== null) forgetPassword(ctx, ticket)
    }
  },
  async result({ db, ctx, output }) {
    const host = await findHost(db, Number((output.record as { readonly hostId?: number } | undefined)?.hostId))
    const [view] = await hostViews(db, ctx, host === undefined ? [] : [host])
    return { ...view, notes: notesOf(output) }
  },
})

/** What is done for the bridge that is asked for; nothing when it is there. Throws host.bridge when it cannot be made. */
async function bridgeSteps(ctx: ServerContext, asked: AddHostInput): Promise<string[]> {
  const { bridge } = asked
  if (bridge === null) return []
  const { plan } = await withRecruit(ctx.runtime, await targetOf(ctx, asked), ({ asRoot }) =>
    lookForBridge(asRoot, bridge.nic, bridge.name),
  )
  return plan?.files.map(({ path, content }) => `write ${path} (${plan.backend}):\n${content}`) ?? []
}

/** What joining did beyond the agent, and what it saw: for whoever reads the answer. */
function notesOf(output: JsonObject): string[] {
  const { check, key, harden } = output as unknown as {
    readonly check?: { readonly warnings?: readonly string[] }
    readonly key?: { readonly added: boolean; readonly refused: boolean }
    readonly harden?: { readonly friends: readonly string[] | null }
  }
  return [
    ...(key?.added === true
      ? ["the server's public key was added to authorized_keys: it logs in by key from now on"]
      : []),
    ...(key?.refused === true ? ["the server's public key could not be added to authorized_keys; see its log"] : []),
    ...(harden?.friends != null
      ? [
          `16514, 5900-6100 and 49152-49215 are open to ${harden.friends.join(', ')} only; alto host harden HOST --undo takes it back`,
        ]
      : []),
    ...(harden?.friends === null ? ['the ports could not be guarded; alto host harden HOST tries again'] : []),
    ...(check?.warnings ?? []),
  ]
}

function refuseMisplaced(
  zone: Row<'data_center'>,
  pod: Row<'host_pod_ref'>,
  cluster: Row<'cluster'> | undefined,
  caller: Caller,
): void {
  if (zone.allocation_state === 'Disabled' && !isRootAdmin(caller)) {
    throw apiFailure('api.permission', `Zone ${zone.name} is disabled`)
  }
  if (pod.data_center_id !== zone.id) throw hostFailure('host.place', `Pod ${pod.name} is not in zone ${zone.name}`)
  if (cluster !== undefined && cluster.pod_id !== pod.id) {
    throw hostFailure('host.place', `Cluster ${cluster.name} is not in pod ${pod.name}`)
  }
}

async function runInput(
  ctx: ServerContext,
  db: Queries,
  cluster: Row<'cluster'>,
  asked: Asked,
  ticket: string | null,
  userId: number,
): Promise<AddHostInput> {
  const { address, port } = readHostUrl(asked.url)
  const clusterId = cluster.id
  return {
    clusterId,
    address,
    port: port ?? (await ctx.config.number('kvm.host.discovery.ssh.port', { clusterId }, db)),
    username: asked.username === undefined || asked.username === '' ? 'root' : asked.username,
    ticket,
    hostKey: asked.hostkey ?? null,
    tags: asked.hosttags ?? [],
    enabled: asked.allocationstate?.toLowerCase() !== 'disabled',
    userId,
    bridge:
      asked.bridgenic === undefined || asked.bridgenic === ''
        ? null
        : {
            nic: requireInterfaceName(asked.bridgenic),
            name: await bridgeFor(ctx, cluster.data_center_id, 'Management', db),
            rollbackSeconds: await ctx.config.number('alto.host.bridge.rollback', {}, db),
          },
  }
}

/** A cluster that is named and does not exist is made, as CloudStack does. */
async function clusterByName(
  tx: Tx,
  ctx: ServerContext,
  input: { readonly clustername?: string | undefined; readonly hypervisor: string },
  zone: Row<'data_center'>,
  pod: Row<'host_pod_ref'>,
  now: number,
): Promise<Row<'cluster'>> {
  const name = input.clustername?.trim() ?? ''
  if (name === '') throw apiFailure('api.parameter', 'addHost needs clusterid or clustername')
  const there = await findClusterByName(tx, pod.id, name)
  if (there !== undefined) return there
  const hypervisor = input.hypervisor.toLowerCase() === 'kvm' ? 'KVM' : 'Simulator'
  const id = await createCluster(tx, ctx, {
    name,
    zone,
    pod,
    hypervisor,
    arch: 'x86_64',
    allocationState: 'Enabled',
    now,
  })
  const made = await findCluster(tx, id)
  if (made === undefined) throw new Bug('the cluster just made is not there')
  return made
}
