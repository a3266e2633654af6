import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from '@altostack/core'
import { inOwnCgroup, machineRunsSystemd, removeCgroups } from './cgroups.ts'
import { labFailure } from './errors.ts'
import { removeLink } from './network.ts'
import { type Argv, type ExecOptions, type ExecResult, execute, run, startDetached } from './run.ts'

/**
 * A host's container. Nothing about running processes is written down: they are found in /proc by the container's
 * name, so a killed creator, a reboot or a stale file cannot mislead.
 */
export interface ContainerSpec {
  readonly machine: string
  readonly hostname: string
  readonly bridge: string
  /** Machine's end of the host's cable. */
  readonly cable: string
  /** One or more trees of an overlay, the upper first, with colons between. */
  readonly base: string
  /** The host's directory: `up` and `work` (its own layer), `root` (mount point), `console.log`. */
  readonly dir: string
  /** `DIRECTORY:PLACE` each: directories of this machine in the container. */
  readonly binds: readonly string[]
}

/** Pid of the container's systemd-nspawn (or of the script that is about to become it); undefined when it does not run. */
export function supervisorPid(machine: string): number | undefined {
  const found = new Set<number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const argv = readProc(`/proc/${entry}/cmdline`).split('\0')
    if (argv.includes('systemd-nspawn') && argv.includes(`--machine=${machine}`)) found.add(Number(entry))
  }
  // While it starts, its children have the same command line.
  return [...found].find((pid) => !found.has(parentOf(pid)))
}

/** Pid, on the machine, of the container's first process; undefined while it is off. */
export function leaderPid(machine: string): number | undefined {
  const supervisor = supervisorPid(machine)
  if (supervisor === undefined) return undefined
  for (const child of childrenOf(supervisor)) {
    if (readProc(`/proc/${child}/comm`).trim() === 'systemd') return child
  }
  return undefined
}

/** All processes of the container's pid namespace, as pids of the machine. */
export function containerPids(machine: string): readonly number[] {
  const leader = leaderPid(machine)
  const namespace = leader === undefined ? undefined : readNamespace(leader)
  if (namespace === undefined) return []
  const pids: number[] = []
  for (const entry of readdirSync('/proc')) {
    if (/^\d+$/.test(entry) && readNamespace(Number(entry)) === namespace) pids.push(Number(entry))
  }
  return pids
}

/** Powers the container on. Throws `lab.host-start` with the console's last lines when systemd does not appear. */
export async function startContainer(spec: ContainerSpec, runtime: Runtime): Promise<void> {
  if (leaderPid(spec.machine) !== undefined) return
  await killContainer(spec.machine, runtime)
  // The kernel removes a dead host's cable a moment after its processes; its name must be free.
  await removeLink(spec.cable)
  const root = join(spec.dir, 'root')
  await mkdir(root, { recursive: true })
  if (!isMountPoint(root)) {
    const layers = `lowerdir=${spec.base},upperdir=${join(spec.dir, 'up')},workdir=${join(spec.dir, 'work')}`
    await run(['mount', '-t', 'overlay', 'overlay', '-o', layers, root])
  }
  const consoleLog = join(spec.dir, 'console.log')
  const argv = nspawnArgv(spec, root)
  await startDetached(machineRunsSystemd() ? argv : inOwnCgroup(spec.machine, argv), consoleLog)
  for (let waited = 0; waited < 15_000; waited += 20) {
    if (leaderPid(spec.machine) !== undefined) return
    if (waited > 500 && supervisorPid(spec.machine) === undefined) break
    await runtime.sleep(20)
  }
  const said = existsSync(consoleLog) ? (await readFile(consoleLog, 'utf8')).trim().slice(-800) : ''
  throw labFailure('lab.host-start', `The container ${spec.machine} did not start`, { seen: said })
}

function nspawnArgv(spec: ContainerSpec, root: string): Argv {
  const argv: [string, ...string[]] = [
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--machine=${spec.machine}`,
    `--hostname=${spec.hostname}`,
  ]
  argv.push(`--directory=${root}`, `--network-bridge=${spec.bridge}`)
  argv.push('--capability=all', '--private-users=no', '--link-journal=no', '--resolv-conf=off', '--timezone=off')
  argv.push('--console=pipe', '--kill-signal=SIGRTMIN+4')
  argv.push('--system-call-filter=open_by_handle_at @keyring bpf perf_event_open')
  argv.push('--bind=/dev/net/tun', '--bind=/dev/fuse')
  // Where PID 1 is systemd, the container gets a scope of its own and survives the login that made it.
  if (!machineRunsSystemd()) argv.push('--keep-unit', '--register=no')
  for (const bind of spec.binds) argv.push(`--bind=${bind}`)
  return argv
}

/** Power cut: every process of the container dies at once. Returns when all are gone; nothing to do when it is off. */
export async function killContainer(machine: string, runtime: Runtime): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 10) {
    const supervisor = supervisorPid(machine)
    if (supervisor === undefined) return removeCgroups(machine, runtime)
    // The end of a pid namespace's first process ends all others in it; systemd-nspawn then ends by itself.
    const leader = leaderPid(machine)
    if (leader !== undefined) signal(leader, 'SIGKILL')
    else if (waited > 1_000) signal(supervisor, 'SIGKILL')
    await runtime.sleep(10)
  }
  throw labFailure('lab.program', `The processes of ${machine} do not end`)
}

/** Removes what systemd-nspawn leaves behind in /run for a machine of this name. */
export async function removeTraces(machine: string): Promise<void> {
  for (const path of [`/run/systemd/nspawn/propagate/${machine}`, `/run/systemd/nspawn/locks/name-${machine}`]) {
    await rm(path, { recursive: true, force: true })
  }
}

/** Orderly power off, as the power button does it. Falls back to a power cut after `timeoutMs`. */
export async function shutDownContainer(machine: string, runtime: Runtime, timeoutMs: number): Promise<void> {
  const leader = leaderPid(machine)
  if (leader === undefined) return
  await run(['kill', '-s', 'RTMIN+4', String(leader)])
  for (let waited = 0; waited < timeoutMs; waited += 50) {
    if (supervisorPid(machine) === undefined) return removeCgroups(machine, runtime)
    await runtime.sleep(50)
  }
  await killContainer(machine, runtime)
}

/** Stops or continues every process of the container: the kernel still answers ping, nothing else answers. */
export function freezeContainer(machine: string, freeze: boolean): void {
  // A process may fork while the others are being stopped: go on until a pass finds nobody new.
  const seen = new Set<number>()
  for (let pass = 0; pass < 5; pass++) {
    const fresh = containerPids(machine).filter((pid) => !seen.has(pid))
    if (fresh.length === 0) return
    for (const pid of fresh) {
      signal(pid, freeze ? 'SIGSTOP' : 'SIGCONT')
      seen.add(pid)
    }
  }
}

/** Runs a program inside the container, as root. Throws `lab.host-off`. */
export async function executeInContainer(machine: string, argv: Argv, options: ExecOptions = {}): Promise<ExecResult> {
  return execute(enterArgv(machine, argv), options)
}

/** The argv that runs `argv` inside the container from the machine. Throws `lab.host-off`. */
export function enterArgv(machine: string, argv: Argv): Argv {
  const leader = leaderPid(machine)
  if (leader === undefined) throw labFailure('lab.host-off', `The container ${machine} is off`)
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const clean: Argv = ['env', '-i', path, 'HOME=/root', 'USER=root', 'LANG=C.UTF-8', 'TERM=dumb', ...argv]
  return ['nsenter', '-t', String(leader), '-m', '-u', '-i', '-n', '-p', '-C', '--root', '--wd', '--', ...clean]
}

/** Proportional memory of all processes of the container, bytes. */
export function containerMemory(machine: string): number {
  let kibibytes = 0
  for (const pid of containerPids(machine)) {
    kibibytes += Number(/^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)
  }
  return kibibytes * 1024
}

/** Mount points at or below `dir`, deepest first. */
export function mountsUnder(dir: string): readonly string[] {
  const found: string[] = []
  for (const line of readProc('/proc/self/mountinfo').split('\n')) {
    const point = line.split(' ')[4]?.replaceAll('\\040', ' ')
    if (point !== undefined && (point === dir || point.startsWith(`${dir}/`))) found.push(point)
  }
  return found.sort((one, other) => other.length - one.length)
}

function isMountPoint(path: string): boolean {
  return mountsUnder(path).includes(path)
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readProc(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
    )
  } catch {
    return [] // ended meanwhile
  }
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readProc(`/proc/${pid}/status`))?.[1] ?? 0)
}

function readNamespace(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // the process ended meanwhile
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
