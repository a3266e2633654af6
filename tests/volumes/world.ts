import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import { LibvirtClient } from '@altostack/libvirt'
import { topFile } from '../../packages/agent/src/vm/block-file-name.ts'
import { startLibvirtd, type TestDaemon } from '../../packages/libvirt/tests/libvirtd.ts'
import { adminKeys, apiClient } from '../lab-environment/api.ts'
import { type ServerProcess, serverProcess } from '../lab-environment/server-process.ts'
import { registerGuestTemplate } from '../lab-environment/template.ts'
import { until } from '../lab-environment/until.ts'
import { type GuestShell, openGuestShell } from './guest-shell.ts'
import { blankTemplate, makeZone, prepareHost } from './world-setup.ts'

const agentMain = join(import.meta.dirname, '../../packages/agent/src/main.ts')

export const killable = ['server', 'agent', 'libvirtd', 'guest', 'host'] as const
/** `guest`: its QEMU; `host`: agent, libvirtd and every QEMU at once, then the host boots. */
export type Killed = (typeof killable)[number]

/** A server, an agent over a libvirtd of its own, and two pools, each of them a process or a directory that can be hit. */
export type World = {
  readonly client: Client
  readonly pools: readonly { readonly id: string; readonly path: string }[]
  readonly storeDir: string
  /** Deploys a guest without a system (`blank`), or the tiny guest whose kernel does the writing. */
  readonly deploy: (
    name: string,
    kind: 'blank' | 'system',
  ) => Promise<{ readonly id: string; readonly instanceName: string }>
  readonly offeringId: string
  readonly zoneId: string
  /** Kills at once; with `guest` the QEMU of the name, if it runs. */
  readonly kill: (what: Killed, instanceName: string) => Promise<void>
  /** Starts what does not run, and waits until the host is Up and rows say of each guest what is true of it. */
  readonly heal: () => Promise<void>
  /** Through the device of the guest's QEMU, as a guest without a system can not. */
  readonly guestIo: (instanceName: string, path: string, command: string) => Promise<void>
  readonly shell: (instanceName: string) => Promise<GuestShell>
  /** Everything that the guest ever said on its serial line. */
  readonly consoleLog: (instanceName: string) => string
  /** The end of what server, agent and libvirtd logged. */
  readonly logs: () => string
  readonly stop: () => Promise<void>
}

export async function startWorld(): Promise<World> {
  const dir = mkdtempSync(join(process.env.ALTO_TEST_DIR ?? tmpdir(), 'alto-volumes-'))
  const bridge = `altov${randomUUID().slice(0, 6)}`
  const agentLog = join(dir, 'agent.log')
  let daemon: TestDaemon | undefined
  let daemonRuns = false
  let server: ServerProcess | undefined
  let agent: ChildProcess | undefined
  let libvirt: LibvirtClient | undefined

  const killAgent = async (): Promise<void> => {
    const child = agent
    agent = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  const logs = (): string => {
    const end = (file: string): string => {
      try {
        return readFileSync(file, 'utf8').slice(-20_000)
      } catch {
        return ''
      }
    }
    return [server?.log().slice(-20_000), end(agentLog), daemon?.log.slice(-5000)].join('\n---\n')
  }
  const stop = async (): Promise<void> => {
    await killAgent()
    await server?.kill()
    await libvirt?.close().catch(() => undefined)
    await daemon?.stop()
    try {
      execFileSync('ip', ['link', 'del', bridge], { stdio: 'ignore' })
    } catch {
      // It was never made.
    }
    if (process.env.ALTO_TEST_KEEP === undefined) rmSync(dir, { recursive: true, force: true })
  }
  try {
    const ownDaemon = await startLibvirtd()
    daemon = ownDaemon
    await ownScreens(ownDaemon)
    daemonRuns = true
    execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge'])
    execFileSync('ip', ['link', 'set', bridge, 'up'])
    const dataDir = join(dir, 'server')
    mkdirSync(dataDir, { mode: 0o700 })
    const running = await serverProcess({ dataDir, publicAddress: '127.0.0.1', logLevel: 'info' })
    server = running
    await running.start()
    const client = apiClient(running, await adminKeys(running))
    const place = await makeZone(client, bridge)
    const hostRoot = join(dir, 'host')
    prepareHost(hostRoot, ownDaemon, bridge)
    const token = await client.get('createJoinToken', { clusterid: place.clusterid })
    execFileSync(process.execPath, ['--no-warnings', agentMain, 'join', '--root', hostRoot, '-'], {
      input: `${String(token.token)}\n`,
      stdio: ['pipe', 'ignore', 'inherit'],
    })
    const startAgent = (): void => {
      const log = openSync(agentLog, 'a')
      agent = spawn(process.execPath, ['--no-warnings', agentMain, 'run', '--root', hostRoot], {
        stdio: ['ignore', log, log],
      })
      closeSync(log)
    }
    startAgent()
    await hostUp(client)
    const pools: { id: string; path: string }[] = []
    for (const name of ['one', 'two']) {
      const path = join(dir, `pool-${name}`)
      mkdirSync(path)
      const { zoneid, podid, clusterid } = place
      const url = `SharedMountPoint://localhost${path}`
      const made = await client.get('createStoragePool', { zoneid, podid, clusterid, name, scope: 'CLUSTER', url })
      pools.push({ id: String(made.id), path })
    }
    const templates = {
      blank: await blankTemplate(client, dir, place.zoneid),
      system: await registerGuestTemplate(client, dir, place.zoneid),
    }
    const offering = await client.get('createDiskOffering', { name: 'any', displaytext: 'any', customized: true })
    const computes: Record<string, string> = {}
    for (const [name, memory] of [
      ['blank', 32],
      ['system', 128],
    ] as const) {
      const compute = { name, displaytext: name, cpunumber: 1, cpuspeed: 100, memory }
      computes[name] = String((await client.get('createServiceOffering', compute)).id)
    }
    const own = new LibvirtClient({ uri: `qemu:///system?socket=${ownDaemon.socket}`, reconnect: { initial: true } })
    libvirt = own
    await own.start()

    /** The row's state and the process agree, and nothing is between two states. */
    async function settled(): Promise<void> {
      await until('rows say what is true of each guest', 120_000, async () => {
        const { items } = await client.list('listVirtualMachines', { listall: true })
        return items.every(({ instancename, state }) => {
          const lives = processesOf(dir, String(instancename)).length > 0
          return state === (lives ? 'Running' : 'Stopped')
        })
      })
    }
    return {
      client,
      pools,
      storeDir: join(dataDir, 'snapshots'),
      offeringId: String(offering.id),
      zoneId: place.zoneid,
      async deploy(name, kind) {
        const job = await client.start('deployVirtualMachine', {
          name,
          zoneid: place.zoneid,
          serviceofferingid: String(computes[kind]),
          templateid: templates[kind],
          networkids: [place.networkid],
          ...(kind === 'blank' ? { details: [{ rootDiskController: 'scsi' }] } : {}),
        })
        await client.wait(job.jobid, { timeoutMs: 120_000 })
        const { items } = await client.list('listVirtualMachines', { id: String(job.id) })
        const instanceName = String(items[0]?.instancename)
        return { id: String(job.id), instanceName }
      },
      async kill(what, instanceName) {
        if (what === 'server') return await running.kill()
        if (what === 'agent') return await killAgent()
        if (what === 'guest') {
          for (const pid of processesOf(dir, instanceName)) process.kill(pid, 'SIGKILL')
          // On a busy machine it goes on being seen for a while, as if the kill had done nothing.
          await until('the guest is dead', 30_000, () => processesOf(dir, instanceName).length === 0, 20)
          return
        }
        const ran = daemonRuns
        daemonRuns = false
        // The second death of an operation may be of what is dead.
        if (what === 'libvirtd') return ran ? await ownDaemon.kill() : undefined
        await Promise.all([killAgent(), ownDaemon.powerCut()])
        // Power takes the programs that worked for the agent along.
        for (const pid of processesOf(dir, hostRoot, 'qemu-img', 'dnsmasq')) process.kill(pid, 'SIGKILL')
        const left = (): number => processesOf(dir, hostRoot, 'qemu-img', 'dnsmasq').length
        await until('the programs of the host are dead', 30_000, () => left() === 0, 20)
      },
      async heal() {
        if (!daemonRuns) await ownDaemon.start()
        daemonRuns = true
        await running.start()
        if (agent === undefined) startAgent()
        await hostUp(client)
        await settled()
        // The test's own connection comes back at a time of its own; a call before that is refused.
        await until('the test is connected to libvirtd', 60_000, async () => {
          await own.host.listAllDomains()
          return true
        })
      },
      guestIo: (instanceName, path, command) => guestIo(own, instanceName, path, command),
      shell: (instanceName) => openGuestShell(own, instanceName),
      consoleLog: (instanceName) => readFileSync(join(hostRoot, 'guests', `${instanceName}-console.log`), 'latin1'),
      logs,
      stop,
    }
  } catch (error) {
    const said = logs()
    await stop()
    throw new Error(`the world did not start: ${said}`, { cause: error })
  }
}

/** Ports for screens that no other libvirtd of the machine looks at: between its look and QEMU's bind lies a moment. */
async function ownScreens(daemon: TestDaemon): Promise<void> {
  const first = 7000 + Math.floor(Math.random() * 500) * 100
  const lines = [`remote_display_port_min = ${first}`, `remote_display_port_max = ${first + 99}`, '']
  appendFileSync(join(daemon.dir, 'etc/libvirt/qemu.conf'), lines.join('\n'))
  await daemon.kill()
  await daemon.start()
}

/** Processes that work for this world: guests by their name, or programs of the names. */
function processesOf(dir: string, word: string, ...programs: string[]): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      const program = argv[0]?.split('/').at(-1) ?? ''
      const own = argv.some((one) => one.includes(dir))
      const guest = program.startsWith('qemu-system') && argv.some((one) => one.startsWith(`guest=${word},`))
      return own && (guest || programs.includes(program)) ? [Number(pid)] : []
    } catch {
      return []
    }
  })
}

async function hostUp(client: Client): Promise<void> {
  await until('the host is Up', 90_000, async () => {
    const { items } = await client.list('listHosts', { type: 'Routing' })
    return items[0]?.state === 'Up'
  })
}

async function guestIo(client: LibvirtClient, instanceName: string, path: string, command: string): Promise<void> {
  const domain = await client.domain.lookupByName(instanceName)
  const { return: blocks } = (await client.block.monitor(domain, { execute: 'query-block' })) as {
    readonly return: readonly { readonly qdev?: string; readonly inserted?: { readonly file: string } }[]
  }
  const device = blocks.find(({ inserted }) => inserted !== undefined && topFile(inserted.file) === path)?.qdev
  if (device === undefined) throw new Error(`no disk of ${instanceName} is on ${path}`)
  const line = { 'command-line': `qemu-io -d ${device} "${command}"` }
  const answer = (await client.block.monitor(domain, { execute: 'human-monitor-command', arguments: line })) as {
    readonly return?: string
  }
  if (answer.return !== '') throw new Error(JSON.stringify(answer))
}

/** Names of a directory that belong to volumes and snapshots, whole or not. */
export function filesOf(path: string): string[] {
  return readdirSync(path).filter((name) => name !== '.altostack-pool')
}
