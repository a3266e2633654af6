import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atEnd } from './at-end.ts'
import type { ManagementServer } from './management-server.ts'

const main = join(import.meta.dirname, '../../packages/simulator/src/main.ts')

export type SimulatorProcess = { readonly child: ChildProcess; readonly stop: () => Promise<void> }

/** Simulated hosts as a process of their own, so that their cost is not the server's. */
export function startSimulatorProcess(
  { directory, agentAddress }: Pick<ManagementServer, 'directory' | 'agentAddress'>,
  tokens: readonly string[],
): SimulatorProcess {
  const state = join(directory, 'simulator')
  mkdirSync(state, { recursive: true })
  const file = join(directory, 'tokens')
  writeFileSync(file, tokens.map((token) => `${token}\n`).join(''), { mode: 0o600 })
  const log = openSync(join(directory, 'simulator.log'), 'a')
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      main,
      ...['--state-dir', state, '--hosts', String(tokens.length), '--tokens-file', file],
      // The machine's other addresses may be another server's.
      ...['--server', agentAddress],
      ...['--cpus', '64', '--memory', '256G'],
    ],
    { stdio: ['ignore', log, log] },
  )
  const forget = atEnd(() => void child.kill('SIGKILL'))
  return {
    child,
    async stop() {
      forget()
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
