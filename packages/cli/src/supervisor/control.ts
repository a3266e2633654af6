import { spawn } from 'node:child_process'
import { mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { livePid, runDirectory, type Service, signal, supervisorPidFile, writeServices } from './services.ts'

/** Makes the supervisor of the data directory run exactly these services; starts it when it is not there. */
export function supervise(dataDir: string, services: readonly Service[]): void {
  writeServices(dataDir, services)
  const pid = livePid(supervisorPidFile(dataDir))
  if (pid !== undefined) {
    process.kill(pid, 'SIGHUP')
    return
  }
  mkdirSync(join(dataDir, 'log'), { recursive: true })
  const log = openSync(join(dataDir, 'log', 'supervisor.log'), 'a', 0o640)
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts'), dataDir],
    {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: '/',
    },
  )
  child.unref()
}

/** Ends the supervisor and with it every service. Answers whether one was running. */
export async function endSupervisor(dataDir: string): Promise<boolean> {
  const pid = livePid(supervisorPidFile(dataDir))
  if (pid === undefined) return false
  signal(pid, 'SIGTERM')
  for (let waited = 0; livePid(supervisorPidFile(dataDir)) !== undefined; waited += 50) {
    if (waited > 40_000) {
      signal(pid, 'SIGKILL')
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}

export function servicePid(dataDir: string, name: string): number | undefined {
  return livePid(join(runDirectory(dataDir), `${name}.pid`))
}
