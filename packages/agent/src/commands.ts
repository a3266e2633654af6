import { existsSync, readFileSync, writeSync } from 'node:fs'
import { AltoError, systemRuntime } from '@altostack/core'
import { startAgent } from './agent.ts'
import { runChecks } from './checks/index.ts'
import { openLog, silentLog } from './log.ts'
import type { Command } from './options.ts'
import { agentPaths } from './paths.ts'
import { probeContext } from './probe-context.ts'
import { run } from './process.ts'
import { openSettings } from './properties/settings.ts'
import { explain, print } from './terminal.ts'
import { joinServer, parseJoinToken } from './trust/join.ts'

const unit = 'altostack-agent.service'

/** `join`: trusts the server of the token and gets a certificate from it. */
export async function join(command: Command): Promise<number> {
  const paths = agentPaths(command.paths)
  const settings = openSettings(paths.config)
  const token = parseJoinToken(await readToken(command))
  const hostUuid = await joinServer(systemRuntime(), paths, settings, token)
  print(`joined as host ${hostUuid}; certificate in ${paths.certificate}\n`)
  return await startService(command)
}

/** An argument is seen by everybody on the machine while the command runs: standard input and files are not. */
async function readToken({ argument, tokenFile }: Command): Promise<string> {
  if (tokenFile !== undefined) return readFileSync(tokenFile, 'utf8')
  if (argument !== undefined && argument !== '-') return argument
  if (process.stdin.isTTY) process.stderr.write('Token: ')
  let text = ''
  for await (const chunk of process.stdin) {
    text += String(chunk)
    // At a terminal a line is all; a pipe that stays open does not hold the join up.
    if (text.trim() !== '' && text.includes('\n')) break
  }
  return text
}

/** Where the package is installed, joining is all that the service waits for. */
async function startService(command: Command): Promise<number> {
  const installed = existsSync('/run/systemd/system') && existsSync(`/lib/systemd/system/${unit}`)
  if (!installed || command.paths.root !== undefined || command.paths.config !== undefined) return 0
  await run('systemctl', ['restart', unit], { runtime: systemRuntime(), timeoutMs: 60_000 })
  return print(`${unit} is started\n`)
}

/** `facts` and `check`: what this host is, without a server. */
export async function inspect(command: Command): Promise<number> {
  const probe = await probeContext(agentPaths(command.paths), systemRuntime(), silentLog())
  try {
    const value = command.name === 'facts' ? await probe.context.control.facts() : await runChecks(probe.context, [])
    return print(`${JSON.stringify(value, null, 2)}\n`)
  } finally {
    await probe.close()
  }
}

/** `run`: serves this host until it is told to end. */
export async function serve(command: Command): Promise<number> {
  const paths = agentPaths(command.paths)
  const log = openLog(paths.log, command.logLevel)
  return await new Promise<number>((resolve) => {
    // The session's timers keep nothing alive by themselves.
    const alive = setInterval(() => {}, 2 ** 30)
    let stopping = false
    let stop = async (): Promise<void> => {}
    const end = (code: number): void => {
      if (stopping) return
      stopping = true
      clearInterval(alive)
      stop().then(
        () => resolve(code),
        () => resolve(1),
      )
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0))
    process.on('unhandledRejection', (error) =>
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'unexpected failure'),
    )
    startAgent({ paths, runtime: systemRuntime(), log, onLeft: () => end(0) }).then(
      (agent) => {
        stop = agent.stop
        if (stopping) void agent.stop()
      },
      (error: unknown) => {
        log.fatal(describe(error), 'Unable to start agent')
        writeSync(2, `${explain(error)}\n`)
        end(1)
      },
    )
  })
}

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof AltoError) return { code: error.code, error: error.message, seen: error.seen, fix: error.fix }
  return { error: error instanceof Error ? error.stack : String(error) }
}
