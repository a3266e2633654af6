/**
 * Keeps the processes of one `alto up` alive where no systemd does: starts those of run/services.json, restarts what
 * ends (with back-off), reads the list again on SIGHUP and ends all of them on SIGTERM. Guests are not its children.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { livePid, readServices, runDirectory, type Service, signal, supervisorPidFile, writePid } from './services.ts'

const dataDir = process.argv[2]
if (!dataDir) throw new Error('usage: supervisor DATA_DIR')
const directory = dataDir
const pidFile = supervisorPidFile(directory)
const other = livePid(pidFile)
if (other !== undefined && other !== process.pid) process.exit(0)
writePid(pidFile, process.pid)

type Running = {
  readonly service: Service
  child: ChildProcess | undefined
  /** A process that an earlier supervisor left running: watched, not started again. */
  adopted: number | undefined
  failures: number
  timer: NodeJS.Timeout | undefined
  startedAt: number
}
const running = new Map<string, Running>()
let ending = false

const pidFileOf = (service: Service): string => join(runDirectory(directory), `${service.name}.pid`)

function start(entry: Running): void {
  const { service } = entry
  entry.adopted = livePid(pidFileOf(service))
  if (entry.adopted !== undefined) {
    entry.timer = setTimeout(() => start(entry), 500)
    return
  }
  mkdirSync(dirname(service.log), { recursive: true })
  const log = openSync(service.log, 'a', 0o640)
  const [program = '', ...args] = service.argv
  entry.startedAt = Date.now()
  entry.child = spawn(program, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...service.env },
    detached: true,
  })
  closeSync(log)
  const { child } = entry
  if (child.pid !== undefined) writePid(pidFileOf(service), child.pid)
  child.on('error', () => ended(entry))
  child.on('exit', () => ended(entry))
}

function ended(entry: Running): void {
  if (entry.child === undefined) return
  entry.child = undefined
  if (ending || running.get(entry.service.name) !== entry) return
  entry.failures = Date.now() - entry.startedAt > 30_000 ? 0 : entry.failures + 1
  entry.timer = setTimeout(() => start(entry), Math.min(200 * 2 ** entry.failures, 10_000))
}

function reload(): void {
  const wanted = readServices(directory)
  for (const [name, entry] of running) {
    const service = wanted.find((candidate) => candidate.name === name)
    if (!service || JSON.stringify(service) !== JSON.stringify(entry.service)) {
      running.delete(name)
      void stop(entry)
    }
  }
  for (const service of wanted) {
    if (running.has(service.name)) continue
    const entry: Running = {
      service,
      child: undefined,
      adopted: undefined,
      failures: 0,
      timer: undefined,
      startedAt: 0,
    }
    running.set(service.name, entry)
    start(entry)
  }
}

async function stop(entry: Running): Promise<void> {
  clearTimeout(entry.timer)
  const { child } = entry
  if (!child) return stopAdopted(entry)
  if (child.exitCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(entry.service.stopSignal ?? 'SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(killer)
}

async function stopAdopted(entry: Running): Promise<void> {
  const file = pidFileOf(entry.service)
  const pid = livePid(file)
  if (pid === undefined) return
  signal(pid, entry.service.stopSignal ?? 'SIGTERM')
  for (let waited = 0; livePid(file) === pid; waited += 50) {
    if (waited >= 10_000) signal(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function end(): Promise<void> {
  ending = true
  for (const entry of [...running.values()].reverse()) await stop(entry)
  rmSync(pidFile, { force: true })
  process.exit(0)
}

process.on('SIGHUP', reload)
process.on('SIGTERM', () => void end())
process.on('SIGINT', () => void end())
setInterval(() => {}, 60_000)
reload()
