import { type AltoError, agentFailure, Bug, errorText, hostFailure } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import { revokeHostCertificates } from '../../agents/ca/host-certificate.repository.ts'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { transact } from '../../db/transaction.ts'
import {
  type AddHostInput,
  inspectAndRecord,
  patienceOf,
  requireCluster,
  requireHost,
  targetOf,
} from '../add-host.service.ts'
import { agentPackage } from '../agent-package.ts'
import {
  armBridgeAt,
  type BridgeInput,
  confirmBridgeAt,
  lookForBridgeAt,
  takeBridgeBack,
} from '../bridge/make-bridge.ts'
import { hostDetailNames } from '../check-subject.service.ts'
import { guardHost, refreshGuards, unguardHost } from '../guard.service.ts'
import { findHost, findHostByMachine, forgetHostRows, saveHostDetails } from '../host.repository.ts'
import { moveHostStatus } from '../host.states.ts'
import { bridgeFor } from '../host-bridges.ts'
import { insertJoinToken, removeJoinToken } from '../join-token.repository.ts'
import { joinTokenText, newJoinSecret } from '../join-token.service.ts'
import { insertJoiningHost } from '../joining-host.ts'
import {
  agentLogTail,
  askAcceleration,
  installPackage,
  installServerKey,
  joinAndStart,
  removePackage,
  removeServerKey,
  withRecruit,
  writeProperties,
} from '../recruit-host.ts'
import { forgetPassword } from '../recruit-secrets.ts'
import { serverKey } from '../ssh/server-key.ts'
import { waitUntilUp } from './host-reconnect.ts'

const once = { attempts: 1 }
const tokenMs = 15 * 60_000

/**
 * Makes a machine a host by SSH: looks, writes the row, installs the agent, joins it, waits until it is Up. A machine that
 * is a host of the cluster already is answered with, or repaired.
 */
export const hostAddWorkflow = defineWorkflow<ServerContext, AddHostInput, Database>('host.add')
  .step('bridge-look', {
    when: (s) => asksForBridge(s.input),
    retry: once,
    deadlineMs: 60_000,
    do: async (s) => await lookForBridgeAt(s.ctx, bridgeInputOf(s.input)),
  })
  .step('bridge', {
    when: (s) => asksForBridge(s.input) && s.out['bridge-look']?.plan !== null,
    retry: once,
    deadlineMs: 1_000_000,
    async do(s) {
      const look = s.out['bridge-look']
      if (look === undefined) throw new Bug('a bridge is made without a look')
      await armBridgeAt(s.ctx, bridgeInputOf(s.input), look, s.runId)
      await confirmBridgeAt(s.ctx, bridgeInputOf(s.input), look, s.signal)
    },
    async undo(s) {
      await takeBridgeBack(s.ctx, bridgeInputOf(s.input), s.runId)
    },
  })
  .step('check', {
    retry: once,
    // Each check has its own limit, which alto.host.check.patience stretches for slow hosts.
    deadlineMs: 900_000,
    async do(s) {
      const { ctx, input } = s
      try {
        const found = await inspectAndRecord(ctx, input)
        return {
          machineId: found.machineId,
          hostname: found.hostname,
          ownAddress: found.ownAddress,
          agentVersion: found.agentVersion,
          warnings: found.checks
            .filter((check) => check.status === 'warn')
            .map((check) => `${check.name}: ${check.seen}`),
        }
      } catch (error) {
        // The operator's words, and what was seen, in the server's log.
        const { code, seen, fix } = error as Partial<AltoError>
        ctx.log.error({ host: input.address, code, seen, fix }, `addHost: ${errorText(error)}`)
        throw error
      }
    },
  })
  .transact('record', {
    async do(tx, s) {
      const { ctx, input } = s
      const { machineId, hostname } = s.out.check
      const cluster = await requireCluster(tx, input.clusterId)
      const before = await findHostByMachine(tx, machineId)
      if (before !== undefined && before.cluster_id !== cluster.id) {
        throw hostFailure('host.already-added', `The machine is host ${before.name} of another cluster already`, {
          entities: [{ uuid: before.uuid, description: 'Host' }],
        })
      }
      if (before !== undefined) {
        return { hostId: before.id, hostUuid: before.uuid, isNew: false, isUp: before.status === 'Up' }
      }
      const host = await insertJoiningHost(tx, ctx, {
        clusterId: cluster.id,
        name: hostname,
        address: input.address,
        machineId,
        tags: input.tags,
        enabled: input.enabled,
        now: ctx.runtime.now(),
      })
      return { hostId: host.id, hostUuid: host.uuid, isNew: true, isUp: false }
    },
    async undo(tx, s) {
      const { ctx } = s
      const { hostId, hostUuid, isNew } = s.out.record
      const host = isNew ? await findHost(tx, hostId) : undefined
      if (host === undefined) return
      const now = ctx.runtime.now()
      await revokeHostCertificates(tx, hostUuid, now)
      await moveHostStatus(tx, ctx, host, 'Remove', {
        cause: 'host.add',
        evidence: { reason: 'The host could not be added' },
        set: { removed: now, guid: null, cluster_id: null, machine_id: null, mgmt_server_id: null },
      })
      await forgetHostRows(tx, hostId)
      ctx.afterCommit(() => ctx.agents.drop(hostId, 'the host could not be added'))
    },
  })
  .step('install', {
    when: (s) => !s.out.record.isUp,
    retry: once,
    deadlineMs: 900_000,
    async do(s) {
      const { ctx, input } = s
      const cluster = await requireCluster(ctx.db, input.clusterId)
      const scope = { clusterId: cluster.id }
      const agent = await agentPackage(ctx)
      const aptAllowed = await ctx.config.flag('alto.host.apt.allowed', scope)
      const emulationAllowed = await ctx.config.flag('alto.kvm.emulation.allowed', scope)
      return await withRecruit(ctx.runtime, await targetOf(ctx, input), async (recruit) => {
        const installed = await installPackage(recruit, agent, aptAllowed)
        const acceleration = emulationAllowed ? undefined : await askAcceleration(recruit)
        if (acceleration !== undefined && acceleration.kind !== 'kvm') {
          throw agentFailure('check.kvm', 'This machine does not have KVM enabled: it could only emulate guests', {
            seen: acceleration.reason,
          })
        }
        return { installed }
      })
    },
    async undo(s) {
      // What was there before stays; an upgrade of it is not taken back.
      if (s.out.check.agentVersion !== null || !s.out.record.isNew) return
      await quietly(s.ctx, s.input, async () => {
        await withRecruit(s.ctx.runtime, await targetOf(s.ctx, s.input), removePackage)
      })
    },
  })
  .step('join', {
    when: (s) => !s.out.record.isUp,
    retry: once,
    deadlineMs: 900_000,
    async do(s) {
      const { ctx, input } = s
      const { hostUuid } = s.out.record
      const cluster = await requireCluster(ctx.db, input.clusterId)
      const bridge = await bridgeFor(ctx, cluster.data_center_id, 'Management')
      const guestBridge = await bridgeFor(ctx, cluster.data_center_id, 'Guest')
      await withRecruit(ctx.runtime, await targetOf(ctx, input), async (recruit) => {
        await writeProperties(recruit, {
          zone: String(cluster.data_center_id),
          pod: String(cluster.pod_id),
          cluster: String(cluster.id),
          'private.network.device': bridge,
          'guest.network.device': guestBridge,
        })
        const servers = await ctx.agents.trust().servers(recruit.ssh.ownAddress)
        const { secret, hash } = newJoinSecret(ctx)
        const now = ctx.runtime.now()
        const token = await transact(ctx, (tx) =>
          insertJoinToken(tx, {
            uuid: ctx.runtime.uuid(),
            secret_hash: hash,
            cluster_id: cluster.id,
            description: `addHost ${input.address}`,
            created: now,
            expires: now + tokenMs,
            created_by: input.userId,
            host_uuid: hostUuid,
            recruit: 1,
          }),
        )
        try {
          await joinAndStart(recruit, joinTokenText(ctx, token.uuid, secret, servers), await patienceOf(ctx, input))
        } finally {
          await transact(ctx, (tx) => removeJoinToken(tx, token.id, ctx.runtime.now()))
        }
      })
    },
  })
  .step('up', {
    retry: once,
    async do(s) {
      const { ctx, input } = s
      const timeoutMs = (await ctx.config.number('alto.host.connect.timeout')) * 1000
      try {
        await waitUntilUp(ctx, s.out.record.hostId, timeoutMs, s.signal)
      } catch (error) {
        const { message } = error as Error
        if ((error as Partial<AltoError>).code !== 'host.not-up') throw error
        const seen = await quietly(ctx, input, async () =>
          withRecruit(ctx.runtime, await targetOf(ctx, input), agentLogTail),
        )
        throw hostFailure('host.not-up', message, { seen: seen ?? 'the log of its agent could not be read' })
      }
    },
  })
  .step('key', {
    // Who came by password comes by key from now on: doctor needs it when the agent is dead.
    when: (s) => s.input.ticket !== null,
    retry: once,
    deadlineMs: 60_000,
    async do(s) {
      const { ctx, input } = s
      const { publicKey } = await serverKey(ctx)
      const added = await quietly(ctx, input, async () =>
        withRecruit(ctx.runtime, await targetOf(ctx, input), (recruit) =>
          installServerKey(recruit, input.username, publicKey),
        ),
      )
      return { added: added === true, refused: added === undefined }
    },
    async undo(s) {
      const { ctx, input } = s
      if (s.out.key?.added !== true) return
      const { publicKey } = await serverKey(ctx)
      await quietly(ctx, input, async () =>
        withRecruit(ctx.runtime, await targetOf(ctx, input), (recruit) =>
          removeServerKey(recruit, input.username, publicKey),
        ),
      )
    },
  })
  .transact('remember', {
    async do(tx, s) {
      const harden = await s.ctx.config.flag('alto.host.harden', { clusterId: s.input.clusterId }, tx)
      const isNew = s.out.record.isNew
      await saveHostDetails(tx, s.out.record.hostId, {
        [hostDetailNames.sshUser]: s.input.username,
        [hostDetailNames.sshPort]: String(s.input.port),
        [hostDetailNames.serverAddress]: s.out.check.ownAddress,
        // A host that is in already keeps what an administrator has chosen for it.
        ...(isNew && harden ? { [hostDetailNames.guard]: 'true' } : {}),
      })
      return { harden: isNew && harden }
    },
  })
  .step('harden', {
    when: (s) => s.out.remember.harden,
    retry: once,
    deadlineMs: 60_000,
    async do(s) {
      const { ctx } = s
      const host = await requireHost(ctx.db, s.out.record.hostId)
      const friends = await quietly(ctx, s.input, () => guardHost(ctx, host))
      // Its peers take its guests from now on.
      await refreshGuards(ctx, [host.pod_id])
      return { friends: friends ?? null }
    },
    async undo(s) {
      await quietly(s.ctx, s.input, () => unguardHost(s.ctx, s.out.record.hostId))
    },
  })
  .finally(async (_tx, s) => {
    const { ticket } = s.input
    if (ticket !== null) s.ctx.afterCommit(() => forgetPassword(s.ctx, ticket))
  })
  .build()

/** Runs of a version before bridges have no such field. */
function asksForBridge(input: AddHostInput): boolean {
  return input.bridge !== null && input.bridge !== undefined
}

function bridgeInputOf(input: AddHostInput): BridgeInput {
  const { address, port, username, ticket, hostKey, bridge } = input
  if (bridge === null) throw new Bug('a bridge that nobody asked for')
  return {
    address,
    port,
    username,
    ticket,
    hostKey,
    nic: bridge.nic,
    bridge: bridge.name,
    rollbackSeconds: bridge.rollbackSeconds,
  }
}

/** Something that may fail without making matters worse: the reason goes to the log. */
async function quietly<R>(ctx: ServerContext, input: AddHostInput, body: () => Promise<R>): Promise<R | undefined> {
  try {
    return await body()
  } catch (error) {
    ctx.log.warn({ host: input.address, err: error }, 'addHost: a part could not be taken back or read')
    return undefined
  }
}
