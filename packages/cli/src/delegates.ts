import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { repositoryRoot } from './repository-root.ts'
import { serverNodeOptions } from './server-node-options.ts'

/** Words that run another entry of the repository with the words after them. */
export const delegates: Readonly<Record<string, { readonly entry: string; readonly does: string }>> = {
  test: {
    entry: 'tools/gate/main.ts',
    does: 'installs what the tests need and runs the gate (--layer a,b; --full; --list)',
  },
  lab: {
    entry: 'packages/lab/src/main.ts',
    does: 'real KVM hosts on this machine: up, down, power-cut, freeze, cut …',
  },
  bench: { entry: 'tools/bench/main.ts', does: 'measures and writes docs/benchmarks.md' },
  sim: { entry: 'tests/simulation/main.ts', does: 'runs seeds of the simulation (--seeds N, --seed S to replay one)' },
  agent: { entry: 'packages/agent/src/main.ts', does: 'the host agent: join TOKEN, run, facts, version' },
  server: { entry: 'packages/server/src/main.ts', does: 'the management server in the foreground' },
  simulator: { entry: 'packages/simulator/src/main.ts', does: 'simulated hosts that join a server' },
}

/** Runs the delegate on this terminal; answers its exit code. */
export async function runDelegate(word: string, args: readonly string[]): Promise<number> {
  const delegate = delegates[word]
  if (!delegate) return 2
  const root = repositoryRoot()
  const options = word === 'server' ? serverNodeOptions : ['--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...options, join(root, delegate.entry), ...args], {
    stdio: 'inherit',
    // The gate and the benches speak of files from the repository's root; the others of where the user stands.
    ...(word === 'test' || word === 'bench' || word === 'sim' ? { cwd: root } : {}),
  })
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', forward)
  process.on('SIGTERM', forward)
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}
