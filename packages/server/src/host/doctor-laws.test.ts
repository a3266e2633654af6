import {
  actRepair,
  findRepair,
  hostChecks,
  type ProgramEnd,
  planRepair,
  type RunProgram,
  runHostChecks,
} from '@altostack/agent-api'
import { agentFailure, type Json } from '@altostack/core'
import { type LawWorld, simulatedRuntime, workflowLaws } from '@altostack/testkit'
import type { Agents } from '../agents/agents-port.ts'
import { createConfig } from '../config/config.ts'
import { createSecrets } from '../config/secrets.ts'
import type { ServerContext } from '../context.ts'
import { createLogger } from '../log/logger.ts'
import { fabricateRow } from '../testing/fabricate-row.ts'
import { openMemoryDatabase } from '../testing/memory-database.ts'
import { insertHostRepair } from './host-repair.repository.ts'
import { hostDiagnoseWorkflow } from './workflows/host-diagnose.ts'
import { hostHardenWorkflow } from './workflows/host-harden.ts'
import { hostRepairWorkflow } from './workflows/host-repair.ts'
import { hostRepairRestoreWorkflow } from './workflows/host-repair-restore.ts'

const key = '/etc/cloudstack/agent/cloud.key'

/** A machine of one file and a guard, on which the programs of the tables run; its agent is a table of methods. */
function machine(mode: number): { readonly agents: Agents; readonly observe: () => Json } {
  let now = mode
  let friends: readonly string[] | null = null
  const end = (stdout: string): ProgramEnd => ({ code: 0, stdout, stderr: '' })
  const run: RunProgram = async (args) => {
    if (args[0] === 'chmod') now = Number.parseInt(args[1] ?? '', 8)
    return end(args.includes(key) ? `${now.toString(8)} 0 ${key}\n` : '')
  }
  const runner = { run, now: () => 1, parallel: 2 }
  const methods: Readonly<Record<string, (params: never) => Promise<unknown>>> = {
    'host.check': async ({ names, subject }: { names: string[]; subject: never }) => ({
      checks: await runHostChecks(
        hostChecks.filter(({ name }) => names.includes(name)),
        subject,
        runner,
      ),
    }),
    async 'host.repair'({ name, act, state, subject }: { name: string; act: 'plan'; state: string; subject: never }) {
      const repair = findRepair(name)
      if (repair === undefined) throw agentFailure('agent.params', name)
      if (act === 'plan') return await planRepair(repair, subject, run)
      await actRepair(repair, act, state, subject, run)
      return { state, changes: [] }
    },
    async 'host.guard'(params: { friends: readonly string[] | null }) {
      friends = params.friends
      return {}
    },
  }
  const agents = {
    call: async (_hostId: number, method: string, params: never) => await methods[method]?.(params),
    isConnected: () => true,
    connected: async () => {},
    load: () => ({ at: 1, load1: 0, memoryFreeBytes: 0, vms: 0, libvirt: 'up' }),
    drop: () => {},
    acknowledge: () => {},
    trust: () => ({ caCertificate: '', caFingerprint: 'f', port: 8250, servers: async () => ['10.0.0.1:8250'] }),
  } as unknown as Agents
  return { agents, observe: () => ({ mode: now.toString(8), friends: friends === null ? null : [...friends] }) }
}

type World = LawWorld<ServerContext> & { readonly hostId: number }

async function makeWorld(mode: number, prepare: (world: World) => Promise<void> = async () => {}): Promise<World> {
  const runtime = simulatedRuntime(7)
  const { db, close } = await openMemoryDatabase(runtime)
  const secrets = createSecrets(Buffer.alloc(32, 1), runtime.randomBytes)
  // A simulator's host: nobody is to be reached by SSH.
  const place = { data_center_id: 1, pod_id: 1, cluster_id: 1, hypervisor_type: 'Simulator', status: 'Up' }
  const row = { ...place, private_ip_address: '10.0.0.5', removed: null }
  const host = await db.transaction().execute((tx) => fabricateRow(tx as never, 'host', row, runtime.uuid))
  const { agents, observe } = machine(mode)
  const ctx = {
    runtime,
    db,
    read: db,
    secrets,
    config: await createConfig(db, secrets),
    log: createLogger({ level: 'silent' }),
    agents,
    feed: { wake: () => undefined, next: async () => undefined },
    incarnation: 'law',
    dataDir: '/nowhere',
    afterCommit: (task: () => void) => task(),
  } as unknown as ServerContext
  const world: World = {
    ctx,
    db,
    runtime,
    close,
    hostId: host.id,
    async observe() {
      const repairs = await db.selectFrom('host_repair').select('state').where('state', '!=', 'Failed').execute()
      const details = await db.selectFrom('host_details').select('value').where('name', '=', 'alto.guard').execute()
      const evidence = await db
        .selectFrom('change_feed')
        .select('cause')
        .where('cause', '=', 'host.diagnosed')
        .execute()
      return {
        ...(observe() as object),
        repairs: repairs.map(({ state }) => state),
        details: details.map(({ value }) => value),
        evidence: evidence.length,
      }
    },
  }
  await prepare(world)
  return world
}

const hostOf = (world: LawWorld<ServerContext>): number => (world as World).hostId

workflowLaws(hostDiagnoseWorkflow, {
  makeWorld: () => makeWorld(0o644),
  input: (world: LawWorld<ServerContext>) => ({ hostId: hostOf(world), checks: ['file-modes'] }),
  journal: { succeeds: ['do look'], unwinds: ['do look'] },
})

workflowLaws(hostRepairWorkflow, {
  makeWorld: () => makeWorld(0o644),
  input: (world: LawWorld<ServerContext>) => ({ hostId: hostOf(world), checks: ['file-modes'], userId: 2 }),
  lockKey: 'host-repair:1',
  journal: {
    succeeds: ['do look', 'do keep', 'do apply', 'do applied', 'do look-again'],
    unwinds: ['do look', 'do keep', 'do apply', 'do applied', 'do look-again', 'undo apply', 'undo keep'],
  },
})

workflowLaws(hostRepairRestoreWorkflow, {
  makeWorld: () =>
    makeWorld(0o600, async ({ ctx, hostId }) => {
      await insertHostRepair(ctx.db, {
        uuid: ctx.runtime.uuid(),
        host_id: hostId,
        repair: 'file-modes',
        check_name: 'file-modes',
        state: 'Applied',
        before_state: `644 0 ${key}\n`,
        changes: '[]',
        user_id: 2,
        created: 1,
      })
    }),
  input: (world: LawWorld<ServerContext>) => ({ hostId: hostOf(world), repairId: 1 }),
  lockKey: 'host-repair:1',
  journal: { succeeds: ['do restore', 'do mark'], unwinds: ['do restore', 'do mark', 'undo restore'] },
})

workflowLaws(hostHardenWorkflow, {
  makeWorld: () => makeWorld(0o600),
  input: (world: LawWorld<ServerContext>) => ({ hostId: hostOf(world), undo: false, wasHardened: false }),
  lockKey: 'host-repair:1',
  journal: {
    succeeds: ['do guard', 'do remember', 'do look'],
    unwinds: ['do guard', 'do remember', 'do look', 'undo remember', 'undo guard'],
  },
})
