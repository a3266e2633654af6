import { readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Runtime } from '@altostack/core'
import { setHostClock } from './clock.ts'
import {
  containerMemory,
  executeInContainer,
  freezeContainer,
  killContainer,
  leaderPid,
  shutDownContainer,
  startContainer,
} from './container.ts'
import { labFailure } from './errors.ts'
import { executeByAgent } from './guest-agent.ts'
import { hostDir, storageDir } from './host-layer.ts'
import type { HostKind, HostRecord, LabState } from './lab-state.ts'
import { leanInitPath } from './lean-init.ts'
import {
  agentSocket,
  freezeMachine,
  killMachine,
  machineMemory,
  machinePid,
  shutDownMachine,
  startMachine,
} from './machine.ts'
import { cableName, labNames, machineName } from './names.ts'
import { setCable } from './network.ts'
import type { Argv, ExecOptions, ExecResult } from './run.ts'
import { closeDoor, openDoor } from './shared-dir.ts'
import { storageRoot } from './storage-tree.ts'

/** One host of a lab. All acts can be repeated: starting one that is on does nothing, and so on. */
export interface LabHost {
  readonly name: string
  readonly kind: HostKind
  readonly ip: string
  /** Of root, of `ops` (may use sudo) and of `plain` (may not). */
  readonly password: string
  /** Private key on this machine that the three accounts accept. */
  readonly privateKeyPath: string
  /** Directory of this machine that the host has at /mnt/shared. */
  readonly sharedDir: string | undefined
  /** The host's directory on this machine; `console.log` in it is its console. */
  readonly dir: string
  readonly doorDir: string
  isOn(): boolean
  /** Powers on; returns as soon as the first process runs. See `waitReady`. */
  start(): Promise<void>
  /** Waits until sshd and libvirtd (NFS and iSCSI on the storage host) answer. Throws `lab.host-start` after 60 s, a machine after 600 s. */
  waitReady(timeoutMs?: number): Promise<void>
  /** Orderly: systemd stops its services. Falls back to a power cut after 30 s. */
  off(): Promise<void>
  /** Everything dies at once; the disk keeps what had been written. */
  powerCut(): Promise<void>
  /** Stops every process; a container's kernel still answers ping, a machine's does not. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  unplug(): Promise<void>
  plug(): Promise<void>
  /** Makes the clock that ssh sessions and the agent see (a machine's own clock) wrong by this many seconds; 0 makes it right. */
  setClock(offsetSeconds: number): Promise<void>
  /** Proportional memory of all processes, bytes. */
  memory(): number
  /** Runs a program in the host as root, past ssh. Throws `lab.host-off`. */
  exec(argv: Argv, options?: ExecOptions): Promise<ExecResult>
}

/** What a container host and a machine host do differently. */
interface Power {
  readonly isOn: () => boolean
  readonly start: () => Promise<void>
  readonly off: () => Promise<void>
  readonly cut: () => Promise<void>
  readonly freeze: (freeze: boolean) => void
  readonly memory: () => number
  readonly exec: (argv: Argv, options?: ExecOptions) => Promise<ExecResult>
  readonly setClock: (offsetSeconds: number) => Promise<void>
  readonly readyMs: number
}

export function labHost(labDir: string, state: LabState, record: HostRecord, runtime: Runtime): LabHost {
  const dir = hostDir(labDir, record.name)
  const doorDir = join(dir, 'door')
  const cable = cableName(state.id, record.name)
  const power =
    record.kind === 'machine'
      ? machinePower(dir, state, record, runtime)
      : containerPower(dir, doorDir, state, record, runtime)
  const exec = power.exec
  return {
    name: record.name,
    kind: record.kind,
    ip: record.ip,
    password: state.password,
    privateKeyPath: join(labDir, 'id_ed25519'),
    sharedDir: record.kind === 'container' ? state.shared : undefined,
    dir,
    doorDir,
    isOn: power.isOn,
    async start() {
      if (!power.isOn()) await power.start()
    },
    async waitReady(timeoutMs = power.readyMs) {
      const end = runtime.monotonic() + timeoutMs
      while (runtime.monotonic() < end) {
        if ((await sshAnswers(record.ip)) && (await answers(exec, readyProbes[record.kind]))) return
        if (!power.isOn()) break
        await runtime.sleep(record.kind === 'machine' ? 500 : 50)
      }
      throw labFailure('lab.host-start', `${record.name} did not answer within ${timeoutMs / 1000} s`, {
        fix: `Read ${join(dir, 'console.log')}.`,
      })
    },
    async off() {
      power.freeze(false)
      await power.off()
    },
    powerCut: power.cut,
    async freeze() {
      power.freeze(true)
    },
    async thaw() {
      power.freeze(false)
    },
    unplug: () => setCable(cable, false),
    plug: () => setCable(cable, true),
    setClock: power.setClock,
    memory: power.memory,
    exec,
  }
}

function containerPower(dir: string, doorDir: string, state: LabState, record: HostRecord, runtime: Runtime): Power {
  const machine = machineName(state.id, record.name)
  const exec: Power['exec'] = (argv, options) => executeInContainer(machine, argv, options)
  const storage = record.kind === 'storage'
  return {
    isOn: () => leaderPid(machine) !== undefined,
    async start() {
      const viaDoor = !storage && state.shared !== undefined && state.sharedVia === 'fuse'
      if (viaDoor) await openDoor(state.shared!, doorDir)
      const shared = storage ? undefined : viaDoor ? doorDir : state.shared
      const { bridge } = labNames(state.id)
      const base = storage ? `${state.storageLayer}:${state.base}` : state.base
      const binds = [
        ...(shared === undefined ? [] : [`${shared}:/mnt/shared`]),
        ...(storage ? [`${storageDir(dir)}:${storageRoot}`] : []),
      ]
      const cable = cableName(state.id, record.name)
      await startContainer({ machine, hostname: record.name, bridge, base, dir, binds, cable }, runtime)
    },
    async off() {
      await shutDownContainer(machine, runtime, 30_000)
      await closeDoor(doorDir)
    },
    async cut() {
      // A process that waits for a hung storage cannot die; the door is closed with it.
      await closeDoor(doorDir)
      await killContainer(machine, runtime)
    },
    freeze: (freeze) => freezeContainer(machine, freeze),
    memory: () => containerMemory(machine),
    exec,
    setClock: (offsetSeconds) => setHostClock(exec, offsetSeconds),
    readyMs: 60_000,
  }
}

function machinePower(dir: string, state: LabState, record: HostRecord, runtime: Runtime): Power {
  const machine = machineName(state.id, record.name)
  const cable = cableName(state.id, record.name)
  const exec: Power['exec'] = async (argv, options = {}) => {
    if (machinePid(machine) === undefined) throw labFailure('lab.host-off', `The machine ${record.name} is off`)
    return await executeByAgent(agentSocket(machine), argv, options, runtime)
  }
  return {
    isOn: () => machinePid(machine) !== undefined,
    async start() {
      const image = state.machineImage
      if (image === undefined) throw labFailure('lab.host-start', `The lab has no image for ${record.name}`)
      const { bridge } = labNames(state.id)
      const machineId = (await readFile(join(dir, 'up/etc/machine-id'), 'utf8')).trim()
      const mac = `52:54:00:${machineId.slice(0, 6).replace(/..(?=.)/g, '$&:')}`
      const init = state.lean === true ? { init: `/${leanInitPath}` } : {}
      await startMachine({ machine, bridge, cable, image, dir, machineId, mac, ...init }, runtime)
    },
    off: () => shutDownMachine(machine, cable, runtime, 90_000),
    cut: () => killMachine(machine, cable, runtime),
    freeze: (freeze) => freezeMachine(machine, freeze),
    memory: () => machineMemory(machine),
    exec,
    async setClock(offsetSeconds) {
      if (!Number.isFinite(offsetSeconds)) throw labFailure('lab.argument', 'The clock offset is a number of seconds')
      const set = await exec(['date', '-s', `@${(runtime.now() / 1000 + offsetSeconds).toFixed(3)}`])
      if (set.code !== 0) throw labFailure('lab.program', `date in the host ended with ${set.code}: ${set.stderr}`)
    },
    readyMs: 600_000,
  }
}

async function answers(exec: Power['exec'], probe: Argv): Promise<boolean> {
  return await exec(probe, { timeoutMs: 30_000 }).then(
    (result) => result.code === 0,
    () => false,
  )
}

const readyProbes: Readonly<Record<HostKind, Argv>> = {
  container: ['virsh', '-q', '-c', 'qemu:///system', 'uri'],
  machine: ['virsh', '-q', '-c', 'qemu:///system', 'uri'],
  storage: [
    'sh',
    '-c',
    'rpcinfo -t localhost nfs 4 && rpcinfo -t localhost mountd 3 && tgtadm --op show --mode target | grep -q "Target 2"',
  ],
}

/** Whether the host's sshd sends its banner: a listening port alone can belong to a frozen one. */
function sshAnswers(ip: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: ip, port: 22, timeout: 500 })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('data', (banner: Buffer) => end(banner.toString().startsWith('SSH-')))
    socket.on('error', () => end(false))
    socket.on('timeout', () => end(false))
  })
}
