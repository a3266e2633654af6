import { parseArgs } from 'node:util'
import { type HostMethodName, methods } from '@altostack/agent-api'
import { errorText, systemRuntime } from '@altostack/core'
import type { FaultTarget } from './faults.ts'
import { readTokens, type SimulatorLog, type SimulatorOptions, startSimulator } from './simulator.ts'

const usage = `Simulated hosts for an Altostack management server.

  --state-dir DIR      identities, disks and guests of the hosts (required)
  --hosts N            how many hosts (default 1)
  --tokens-file FILE   join tokens, one a line, each good for one host; more may be added while hosts wait
  --token TOKEN        a join token; may be given several times
  --server HOST:PORT   dial this instead of what token and server say
  --cpus N             of each host (default 32)
  --memory SIZE        of each host, such as 64G or 2048M (default 128G)
  --latency-ms N       mean time of a call before its effect (default 0)
  --fail METHOD=RATE   calls of the method (or *) fail before their effect at this rate, 0 to 1; may be repeated
  --seed N             of latency and failures
  --name-prefix TEXT   of the host names (default sim)
`

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'state-dir': { type: 'string' },
      hosts: { type: 'string', default: '1' },
      'tokens-file': { type: 'string' },
      token: { type: 'string', multiple: true, default: [] },
      server: { type: 'string' },
      cpus: { type: 'string' },
      memory: { type: 'string' },
      'latency-ms': { type: 'string', default: '0' },
      fail: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string' },
      'name-prefix': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return void process.stdout.write(usage)
  const stateDir = values['state-dir']
  if (stateDir === undefined) throw new Error('--state-dir is missing')
  const hosts = whole('--hosts', values.hosts, 1, 50_000)
  const tokensFile = values['tokens-file']
  const simulator = startSimulator({
    runtime: systemRuntime(),
    stateDir,
    hosts,
    tokens: () => [...values.token, ...(tokensFile === undefined ? [] : readTokens(tokensFile))],
    latencyMs: whole('--latency-ms', values['latency-ms'], 0, 600_000),
    faults: values.fail.map(readFault),
    size: {
      ...(values.cpus === undefined ? {} : { cpus: whole('--cpus', values.cpus, 1, 4096) }),
      ...(values.memory === undefined ? {} : { memoryBytes: readSize(values.memory) }),
    },
    ...(values.server === undefined ? {} : { server: values.server }),
    ...(values.seed === undefined ? {} : { seed: whole('--seed', values.seed, 0, 2 ** 32 - 1) }),
    ...(values['name-prefix'] === undefined ? {} : { hostPrefix: values['name-prefix'] }),
    log,
  })
  // Timers of the runtime keep no process alive.
  const alive = setInterval(() => {}, 60_000)
  const stop = (): void => {
    clearInterval(alive)
    simulator.stop()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const began = Date.now()
  const watch = setInterval(() => {
    if (simulator.connected() < hosts) return
    log('info', 'every host is connected', { hosts: simulator.connected(), ms: Date.now() - began })
    clearInterval(watch)
  }, 200)
  watch.unref()
  simulator.ready.catch((error: unknown) => log('warn', 'not every host has joined', { error: errorText(error) }))
}

const log: SimulatorLog = (level, message, fields = {}) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, msg: message, ...fields })}\n`)
}

function readFault(text: string): NonNullable<SimulatorOptions['faults']>[number] {
  const [target = '', rate = ''] = text.split('=')
  const known = target === '*' || methods[target as HostMethodName]?.direction === 'server-to-agent'
  if (!known || !(Number(rate) > 0 && Number(rate) <= 1)) {
    throw new Error(`--fail takes METHOD=RATE with a method of the host contract or * and a rate up to 1, not ${text}`)
  }
  return { target: target as FaultTarget, fault: { when: 'before-effect', rate: Number(rate) } }
}

function readSize(text: string): number {
  const match = /^(\d+)([MG])$/.exec(text)
  if (match === null) throw new Error(`--memory takes a size such as 64G or 2048M, not ${text}`)
  return Number(match[1]) * (match[2] === 'G' ? 1024 ** 3 : 1024 ** 2)
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new Error(`${name} takes a whole number from ${min} to ${max}, not ${text}`)
}

try {
  main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`simulator: ${errorText(error)}\n\n${usage}`)
  process.exitCode = 2
}
