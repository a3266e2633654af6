import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { canonicalString, type Pair } from '@altostack/api'
import { agentFailure } from '@altostack/core'
import { channelPair, createFleet, type ServerEnd, type SimulatedFleet, type SimulatedHost } from '@altostack/simulator'
import type { FaultPoint } from '@altostack/workflow'
import { uploadPath } from '../../packages/server/src/agents/uploads.ts'
import { hmacSha1 } from '../../packages/server/src/auth/verify-request.ts'
import { type SimulatedRuntime, simulatedRuntime } from '../../packages/testkit/src/simulated-runtime.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { createTrace, type Trace } from './trace.ts'
import { type SimulatedZone, scratchDirectory, type ZoneFile } from './zone-file.ts'

// biome-ignore lint/suspicious/noExplicitAny: rows and answers are read by name, and looked at by the oracle
export type Loose = any
export type Params = Readonly<Record<string, string | number | boolean>>
/** `unknown`: the server died before it answered, so the command may or may not have been taken. */
export type Answer = { readonly status: number | 'unknown'; readonly body: Loose }

/** Server, hosts, storage and clocks of one seed in one process. */
export type SimulatedWorld = {
  readonly seed: number
  /** Of the server; the world's own copy. */
  readonly dataDir: string
  readonly runtime: SimulatedRuntime
  readonly fleet: SimulatedFleet
  readonly zone: SimulatedZone
  readonly trace: Trace
  readonly process: () => ServerProcess | undefined
  /** Kills the server now; it starts again after `downMs` of virtual time. */
  readonly killServer: (downMs: number) => void
  /** One request, signed as the administrator of the site. */
  readonly api: (command: string, params?: Params) => Promise<Answer>
  /** Rows straight from the file, through a connection of the world's own. */
  readonly rows: (sql: string, ...values: (string | number)[]) => Loose[]
  /** Lets virtual time pass, starting the server again when it is due. */
  readonly advance: (ms: number) => Promise<void>
  /** Lets time pass until `until` holds; throws after `maxMs`. It is looked at every `stepMs`, 50 unless said. */
  readonly until: (
    what: string,
    until: () => boolean,
    options?: { readonly maxMs?: number; readonly stepMs?: number },
  ) => Promise<void>
  /** Called at each fault point of the engine; may kill the server there. */
  onPoint: (point: FaultPoint) => void
  /** Called with each call that a host receives. */
  onCall: (host: SimulatedHost, method: string) => void
  /** Called with each answer that a host gives; true: nobody hears it. */
  onReply: (host: SimulatedHost, method: string) => boolean
  /** Mean latency of a frame, ms. */
  latencyMs: number
  readonly warnings: Readonly<Record<string, unknown>>[]
  readonly close: () => void
}

export type WorldOptions = {
  readonly seed: number
  readonly zoneFile: ZoneFile
  readonly print?: (line: string) => void
}

export async function createWorld(options: WorldOptions): Promise<SimulatedWorld> {
  const runtime = simulatedRuntime(options.seed)
  const trace = createTrace(runtime.monotonic, options.print === undefined ? {} : { print: options.print })
  const { zone } = options.zoneFile
  const dataDir = scratchDirectory('alto-sim-')
  options.zoneFile.copyTo(dataDir)
  const wire = runtime.fork()
  const warnings: Readonly<Record<string, unknown>>[] = []
  let current: ServerProcess | undefined
  let bootDue = false

  const fleet = createFleet({
    runtime,
    seed: options.seed,
    name: 'simulation',
    hostPrefix: 'kvm',
    latencyMs: 2,
    size: { cpus: 4, cpuMhz: 2000, memoryBytes: 8 * 1024 ** 3, hypervisorKind: 'KVM', guestShutdownMs: 800 },
  })
  const world: SimulatedWorld = {
    seed: options.seed,
    dataDir,
    runtime,
    fleet,
    zone,
    trace,
    process: () => (current?.alive() ? current : undefined),
    killServer,
    api,
    rows: (sql, ...values) => prepared(sql).all(...values) as Loose[],
    advance,
    until,
    onPoint: () => {},
    onCall: () => {},
    onReply: () => false,
    latencyMs: 1,
    warnings,
    close() {
      fleet.stop()
      current?.kill()
      reader.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }

  for (const { uuid } of zone.hosts) {
    const host: SimulatedHost = fleet.addHost({
      hostUuid: uuid,
      servers: ['10.0.0.1:8250'],
      sendImage: async (image, content) => {
        await runtime.sleep(world.latencyMs * 2 * wire())
        const [expected] =
          world.process() === undefined ? [] : world.rows('select size from image_upload where uuid = ?', image)
        if (expected === undefined)
          throw agentFailure('agent.unreachable', 'The management server does not take the image')
        const path = uploadPath(dataDir, image)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, content)
      },
      transport: async () => {
        const process = world.process()
        if (process === undefined) throw new Error('connect ECONNREFUSED 10.0.0.1:8250')
        const pair = channelPair({ runtime, latencyMs: () => world.latencyMs * 2 * wire() })
        process.accept(watched(world, host, pair.server), uuid, host.profile.address)
        return pair.agent
      },
    })
  }
  const { uuid, id } = zone.pool
  fleet.directory({ uuid, type: 'SharedMountPoint', path: '/primary' }).marker = uuid
  await boot()
  const reader = new DatabaseSync(join(dataDir, 'cloud.db'), { readOnly: true, timeout: 1000 })
  const statements = new Map<string, StatementSync>()
  fleet.start()
  await until('every host is Up', () => hostsUp(world), { maxMs: 120_000 })
  if (id === 0) throw new Error('the zone has no pool')
  return world

  /** Questions are asked many thousand times; SQLite parses each once. */
  function prepared(sql: string): StatementSync {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = reader.prepare(sql)
      statements.set(sql, statement)
    }
    return statement
  }

  async function boot(): Promise<void> {
    trace.note('server starts')
    current = await startServerProcess({
      runtime,
      dataDir,
      trace,
      onPoint(point) {
        trace.note(`  ${point.at} ${point.step ?? ''} ${point.runId.slice(0, 8)}`)
        world.onPoint(point)
      },
      onLog: (line) => {
        warnings.push(line)
        trace.note(`  log ${line.level}: ${line.msg} ${line.err === undefined ? '' : (line.err as Loose).message}`)
      },
    })
  }

  function killServer(downMs: number): void {
    if (world.process() === undefined) return
    trace.note(`server killed, back in ${Math.round(downMs)} ms`)
    current?.kill()
    runtime.after(downMs, () => {
      bootDue = true
    })
  }

  async function advance(ms: number): Promise<void> {
    const end = runtime.monotonic() + ms
    let over = false
    runtime.after(ms, () => {
      over = true
    })
    while (!over) {
      await runtime.run(() => over || bootDue, { maxMs: end - runtime.monotonic() + 1 })
      if (!bootDue) continue
      bootDue = false
      await boot()
    }
  }

  async function until(
    what: string,
    holds: () => boolean,
    { maxMs = 3_600_000, stepMs = 50 }: { readonly maxMs?: number; readonly stepMs?: number } = {},
  ): Promise<void> {
    const end = runtime.monotonic() + maxMs
    while (!holds()) {
      if (runtime.monotonic() > end) throw new Error(`seed ${options.seed}: not within ${maxMs} virtual ms: ${what}`)
      await advance(stepMs)
    }
  }

  async function api(command: string, params: Params = {}): Promise<Answer> {
    const pairs: Pair[] = Object.entries({ command, response: 'json', ...params }).map(([name, value]) => [
      name,
      String(value),
    ])
    pairs.push(['apiKey', zone.admin.apiKey])
    pairs.push(['signature', hmacSha1(zone.admin.secretKey, canonicalString(pairs))])
    trace.note(`> ${command} ${JSON.stringify(params)}`)
    const answer = await world.process()?.request(pairs)
    if (answer === undefined) {
      trace.note(`< ${command}: no answer, the server is gone`)
      return { status: 'unknown', body: {} }
    }
    trace.note(`< ${command}: ${answer.status}`, answer.body)
    return { status: answer.status, body: Object.values(JSON.parse(answer.body) as object)[0] }
  }
}

export function hostsUp(world: SimulatedWorld): boolean {
  return world.rows('select count(*) as n from host where removed is null and status <> ?', 'Up')[0].n === 0
}

/** Notes each frame on its way and tells whoever listens what a host is asked. */
function watched(world: SimulatedWorld, host: SimulatedHost, end: ServerEnd): ServerEnd {
  const { name } = host.profile
  const describe = (text: string): string => {
    const frame = JSON.parse(text) as Loose
    if (frame.method !== undefined) return `${frame.method} ${frame.id === undefined ? '' : `#${frame.id}`}`
    return `${frame.error === undefined ? 'answer' : `error ${frame.error.message}`} #${frame.id}`
  }
  const asked = new Map<unknown, string>()
  return {
    ...end,
    send(text) {
      world.trace.note(`${name} < ${describe(text)}`, text)
      const { method, id } = JSON.parse(text) as { readonly method?: string; readonly id?: unknown }
      end.send(text)
      if (method === undefined) return
      asked.set(id, method)
      world.onCall(host, method)
    },
    onText: (listener) =>
      end.onText((text) => {
        world.trace.note(`${name} > ${describe(text)}`, text)
        const { method, id } = JSON.parse(text) as { readonly method?: string; readonly id?: unknown }
        const answered = method === undefined ? asked.get(id) : undefined
        if (answered !== undefined && world.onReply(host, answered)) {
          world.trace.note(`${name}: nobody hears that`)
          return
        }
        listener(text)
      }),
  }
}
