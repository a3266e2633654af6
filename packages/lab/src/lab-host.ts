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
import { hostDir } from './host-layer.ts'
import type { HostRecord, LabState } from './lab-state.ts'
import { cableName, labNames, machineName } from './names.ts'
import { setCable } from './network.ts'
import type { Argv, ExecOptions, ExecResult } from './run.ts'
import { closeDoor, openDoor } from './shared-dir.ts'

/** One host of a lab. All acts can be repeated: starting one that is on does nothing, and so on. */
export interface LabHost {
  readonly name: string
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
  /** Waits until sshd and libvirtd answer. Throws `lab.host-start` after `timeoutMs` (60 s). */
  waitReady(timeoutMs?: number): Promise<void>
  /** Orderly: systemd stops its services. Falls back to a power cut after 30 s. */
  off(): Promise<void>
  /** Everything dies at once; the disk keeps what had been written. */
  powerCut(): Promise<void>
  /** Stops every process; the kernel still answers ping. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  unplug(): Promise<void>
  plug(): Promise<void>
  /** Makes the clock that ssh sessions and the agent see wrong by this many seconds; 0 makes it right. */
  setClock(offsetSeconds: number): Promise<void>
  /** Proportional memory of all processes, bytes. */
  memory(): number
  /** Runs a program in the host as root, past ssh. Throws `lab.host-off`. */
  exec(argv: Argv, options?: ExecOptions): Promise<ExecResult>
}

export function labHost(labDir: string, state: LabState, record: HostRecord, runtime: Runtime): LabHost {
  const machine = machineName(state.id, record.name)
  const dir = hostDir(labDir, record.name)
  const doorDir = join(dir, 'door')
  const cable = cableName(state.id, record.name)
  const exec = (argv: Argv, options?: ExecOptions): Promise<ExecResult> => executeInContainer(machine, argv, options)
  const powerCut = async (): Promise<void> => {
    // A process that waits for a hung storage cannot die; the door is closed with it.
    await closeDoor(doorDir)
    await killContainer(machine, runtime)
  }
  return {
    name: record.name,
    ip: record.ip,
    password: state.password,
    privateKeyPath: join(labDir, 'id_ed25519'),
    sharedDir: state.shared,
    dir,
    doorDir,
    isOn: () => leaderPid(machine) !== undefined,
    async start() {
      if (leaderPid(machine) !== undefined) return
      const viaDoor = state.shared !== undefined && state.sharedVia === 'fuse'
      if (viaDoor) await openDoor(state.shared!, doorDir)
      const shared = viaDoor ? doorDir : state.shared
      const { bridge } = labNames(state.id)
      await startContainer({ machine, hostname: record.name, bridge, base: state.base, dir, shared, cable }, runtime)
    },
    async waitReady(timeoutMs = 60_000) {
      const end = runtime.monotonic() + timeoutMs
      while (runtime.monotonic() < end) {
        if ((await sshAnswers(record.ip)) && (await exec(libvirtProbe, { timeoutMs: 20_000 })).code === 0) return
        if (leaderPid(machine) === undefined) break
        await runtime.sleep(50)
      }
      throw labFailure('lab.host-start', `${record.name} did not answer within ${timeoutMs / 1000} s`, {
        fix: `Read ${join(dir, 'console.log')}.`,
      })
    },
    async off() {
      freezeContainer(machine, false)
      await shutDownContainer(machine, runtime, 30_000)
      await closeDoor(doorDir)
    },
    powerCut,
    async freeze() {
      freezeContainer(machine, true)
    },
    async thaw() {
      freezeContainer(machine, false)
    },
    unplug: () => setCable(cable, false),
    plug: () => setCable(cable, true),
    setClock: (offsetSeconds) => setHostClock(exec, offsetSeconds),
    memory: () => containerMemory(machine),
    exec,
  }
}

const libvirtProbe: Argv = ['virsh', '-q', '-c', 'qemu:///system', 'uri']

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
