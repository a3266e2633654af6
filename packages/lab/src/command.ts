import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { AltoError, systemRuntime } from '@altostack/core'
import { labFailure } from './errors.ts'
import { createLab, type Lab, type Nas, openLab, removeLab } from './lab.ts'
import { machinePackages } from './machine-image.ts'
import { installPackages, labPackages, missingPackages } from './packages.ts'
import { type Argv, runOnTerminal } from './run.ts'

export interface CommandStreams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

const options = {
  hosts: { type: 'string' },
  kind: { type: 'string' },
  machines: { type: 'string' },
  nas: { type: 'boolean' },
  shared: { type: 'string' },
  'shared-via': { type: 'string' },
  'data-dir': { type: 'string' },
  from: { type: 'string' },
  'one-way': { type: 'boolean' },
  offset: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  json: { type: 'boolean' },
} as const

interface Call {
  readonly dir: string
  /** Words after the verb. */
  readonly words: readonly string[]
  readonly values: ReturnType<typeof parseValues>['values']
  readonly streams: CommandStreams
}

type Verb = {
  readonly usage: string
  readonly does: string
  readonly run: (call: Call) => Promise<number>
}

const verbs: Readonly<Record<string, Verb>> = {
  up: {
    usage:
      'up [--hosts N] [--kind container|machine] [--machines N] [--nas] [--shared DIR] [--shared-via bind|fuse] [--yes] [--json]',
    does: 'makes N KVM hosts (2 containers, or 1 machine), or resumes what is there',
    run: up,
  },
  down: { usage: 'down', does: 'removes the lab and everything it has on this machine', run: down },
  list: { usage: 'list [--json]', does: 'shows the hosts and how to reach them', run: list },
  status: { usage: 'status [--json]', does: 'the same as list', run: list },
  ssh: { usage: 'ssh HOST [COMMAND…]', does: 'logs in as root with the lab key', run: ssh },
  exec: { usage: 'exec HOST COMMAND…', does: 'runs a command in the host, past ssh', run: exec },
  start: {
    usage: 'start HOST',
    does: 'powers the host on and waits until it answers',
    run: (call) =>
      onHost(call, async (lab, name) => {
        await lab.host(name).start()
        await lab.host(name).waitReady()
      }),
  },
  off: {
    usage: 'off HOST',
    does: 'orderly power off',
    run: (call) => onHost(call, (lab, name) => lab.host(name).off()),
  },
  'power-cut': {
    usage: 'power-cut HOST',
    does: 'everything in the host dies at once',
    run: (call) => onHost(call, (lab, name) => lab.host(name).powerCut()),
  },
  freeze: {
    usage: 'freeze HOST',
    does: 'stops every process; ping is still answered',
    run: (call) => onHost(call, (lab, name) => lab.host(name).freeze()),
  },
  thaw: {
    usage: 'thaw HOST',
    does: 'ends a freeze',
    run: (call) => onHost(call, (lab, name) => lab.host(name).thaw()),
  },
  unplug: {
    usage: 'unplug HOST',
    does: "pulls the host's cable",
    run: (call) => onHost(call, (lab, name) => lab.host(name).unplug()),
  },
  plug: {
    usage: 'plug HOST',
    does: 'plugs it in again',
    run: (call) => onHost(call, (lab, name) => lab.host(name).plug()),
  },
  cut: {
    usage: 'cut HOST --from server|storage|HOST [--one-way]',
    does: 'loses what passes between the two; one way: what HOST sends',
    run: cut,
  },
  heal: { usage: 'heal', does: 'heals every cut', run: (call) => withLab(call, (lab) => lab.heal()) },
  clock: {
    usage: 'clock HOST --offset SECONDS',
    does: 'a wrong clock for ssh sessions and agent; 0 makes it right',
    run: clock,
  },
  mem: { usage: 'mem', does: 'memory of each host', run: memory },
}

/** Runs `./alto lab ARGV…` and gives the exit code: 0 done, 1 failed, 2 wrong usage. `ssh` and `exec` give the command's. */
export async function runLabCommand(argv: readonly string[], streams: CommandStreams): Promise<number> {
  const name = argv[0] ?? 'help'
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb) {
    const asked = ['help', '--help', '-h'].includes(name)
    ;(asked ? streams.stdout : streams.stderr).write(`${asked ? '' : `unknown: lab ${name}\n`}${helpText()}`)
    return asked ? 0 : 2
  }
  try {
    const parsed = parseValues(argv.slice(1), name === 'ssh' || name === 'exec')
    const dir = parsed.values['data-dir'] ?? defaultLabDir()
    return await verb.run({ dir, words: parsed.positionals, values: parsed.values, streams })
  } catch (error) {
    if (error instanceof AltoError) {
      streams.stderr.write(`lab ${name}: ${error.message} [${error.code}]\n`)
      if (error.seen) streams.stderr.write(`  seen: ${error.seen}\n`)
      streams.stderr.write(`  fix:  ${error.fix}\n`)
      return error.code === 'lab.argument' ? 2 : 1
    }
    if (error instanceof TypeError && (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')) {
      streams.stderr.write(`lab ${name}: ${error.message}\n  usage: lab ${verb.usage}\n`)
      return 2
    }
    throw error
  }
}

/** The lab's directory when none is given. */
export function defaultLabDir(): string {
  return process.env.ALTO_LAB_DIR ?? '/var/lib/altostack/lab'
}

/** After `ssh HOST` and `exec HOST` everything belongs to the command, also what looks like an option. */
function parseValues(
  words: readonly string[],
  restIsCommand: boolean,
): ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>> {
  if (!restIsCommand) return parseArgs({ args: [...words], options, allowPositionals: true })
  let end = 0
  while (words[end] === '--data-dir' || words[end]?.startsWith('--data-dir='))
    end += words[end] === '--data-dir' ? 2 : 1
  const parsed = parseArgs({ args: words.slice(0, end), options, allowPositionals: true })
  const rest = words.slice(end)
  return { ...parsed, positionals: rest[1] === '--' ? [...rest.slice(0, 1), ...rest.slice(2)] : [...rest] }
}

function helpText(): string {
  const lines = Object.values(verbs).map((verb) => `  ${verb.usage.padEnd(64)} ${verb.does}\n`)
  return `usage: alto lab COMMAND [--data-dir DIR]\n${lines.join('')}`
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw labFailure('lab.argument', `${name} takes a whole number, not '${text}'`)
  return Number(text)
}

async function up(call: Call): Promise<number> {
  const { stderr, stdout } = call.streams
  const kind = call.values.kind ?? 'container'
  if (kind !== 'container' && kind !== 'machine') {
    throw labFailure('lab.argument', `--kind is container or machine, not '${kind}'`)
  }
  const asked = count('--hosts', call.values.hosts)
  const hosts = kind === 'container' ? (asked ?? 2) : 0
  const machines = count('--machines', call.values.machines) ?? (kind === 'machine' ? (asked ?? 1) : 0)
  const via = call.values['shared-via'] ?? undefined
  if (via !== undefined && via !== 'bind' && via !== 'fuse') {
    throw labFailure('lab.argument', `--shared-via is bind or fuse, not '${via}'`)
  }
  const missing = await missingPackages([...labPackages, ...(machines > 0 ? machinePackages : [])])
  if (missing.length > 0 && call.values.yes) {
    stderr.write(`installing Debian packages: ${missing.join(' ')}\n`)
    await installPackages(missing)
  }
  const runtime = systemRuntime()
  const started = runtime.monotonic()
  const lab = await createLab({
    dir: call.dir,
    hosts,
    machines,
    ...(call.values.nas ? { nas: true } : {}),
    shared: call.values.shared ?? join(dirname(call.dir), `${call.dir.split('/').pop()}-shared`),
    ...(via ? { sharedVia: via } : {}),
    runtime,
    log: (line) => stderr.write(`${line}\n`),
  })
  stderr.write(
    `${lab.hosts.length + (lab.nas === undefined ? 0 : 1)} hosts answer after ${((runtime.monotonic() - started) / 1000).toFixed(1)} s\n`,
  )
  stdout.write(call.values.json ? `${JSON.stringify(describe(lab))}\n` : tableOf(lab))
  return 0
}

async function down(call: Call): Promise<number> {
  await removeLab(call.dir)
  return 0
}

async function list(call: Call): Promise<number> {
  const lab = await openLab(call.dir)
  call.streams.stdout.write(call.values.json ? `${JSON.stringify(describe(lab))}\n` : tableOf(lab))
  return 0
}

function describe(lab: Lab): unknown {
  return {
    id: lab.id,
    dir: lab.dir,
    bridge: lab.bridge,
    subnet: lab.subnet,
    serverIp: lab.serverIp,
    sharedDir: lab.sharedDir,
    nas:
      lab.nas === undefined
        ? null
        : {
            addresses: lab.nas.addresses,
            exports: lab.nas.exports,
            iscsi: lab.nas.iscsi,
            state: lab.nas.host.isOn() ? 'on' : 'off',
          },
    hosts: lab.hosts.map((host) => ({
      name: host.name,
      kind: host.kind,
      ip: host.ip,
      state: host.isOn() ? 'on' : 'off',
      user: 'root',
      password: host.password,
      privateKeyPath: host.privateKeyPath,
    })),
  }
}

function tableOf(lab: Lab): string {
  const first = lab.hosts[0]
  const every = [...lab.hosts, ...(lab.nas === undefined ? [] : [lab.nas.host])]
  const rows = every.map(
    (host) => `${host.name.padEnd(6)} ${host.ip.padEnd(16)} ${host.kind.padEnd(10)} ${host.isOn() ? 'on' : 'off'}\n`,
  )
  return (
    `${rows.join('')}server ${lab.serverIp}   (this machine on ${lab.bridge}, ${lab.subnet})\n` +
    `shared ${lab.sharedDir ?? '-'}   (/mnt/shared in every host)\n` +
    `${lab.nas === undefined ? '' : nasText(lab.nas)}` +
    `login  root, password ${first?.password ?? '-'} or key ${first?.privateKeyPath ?? '-'}\n`
  )
}

function nasText(nas: Nas): string {
  const { addresses, exports, iscsi } = nas
  return (
    `nfs    ${addresses[0]}:${exports.primary}   (also ${Object.values(exports).slice(1).join(' ')})\n` +
    `iscsi  ${addresses.join(' and ')}: ${iscsi.targets.open}, and ${iscsi.targets.chap} with ${iscsi.user}/${iscsi.password}\n`
  )
}

async function ssh(call: Call): Promise<number> {
  const lab = await openLab(call.dir)
  const [name, ...command] = call.words
  const host = lab.host(named(name))
  const known = `UserKnownHostsFile=${join(lab.dir, 'known_hosts')}`
  const argv: Argv = ['ssh', '-i', host.privateKeyPath, '-o', 'StrictHostKeyChecking=accept-new', '-o', known]
  return runOnTerminal([...argv, '-o', 'LogLevel=ERROR', `root@${host.ip}`, ...command])
}

async function exec(call: Call): Promise<number> {
  const lab = await openLab(call.dir)
  const [name, program, ...args] = call.words
  const host = lab.host(named(name))
  if (program === undefined) throw labFailure('lab.argument', 'exec needs a command: exec HOST COMMAND…')
  const result = await host.exec([program, ...args])
  call.streams.stdout.write(result.stdout)
  call.streams.stderr.write(result.stderr)
  return result.code
}

async function cut(call: Call): Promise<number> {
  const from = call.values.from
  if (from === undefined) throw labFailure('lab.argument', 'cut needs --from server, --from storage or --from HOST')
  return onHost(call, (lab, name) => lab.cut(name, from, { oneWay: call.values['one-way'] ?? false }))
}

async function clock(call: Call): Promise<number> {
  const offset = Number(call.values.offset)
  if (call.values.offset === undefined || !Number.isFinite(offset)) {
    throw labFailure('lab.argument', 'clock needs --offset SECONDS, for example --offset=-30')
  }
  return onHost(call, (lab, name) => lab.host(name).setClock(offset))
}

async function memory(call: Call): Promise<number> {
  const lab = await openLab(call.dir)
  for (const host of [...lab.hosts, ...(lab.nas === undefined ? [] : [lab.nas.host])]) {
    const mebibytes = (host.memory() / 1024 / 1024).toFixed(0)
    call.streams.stdout.write(`${host.name.padEnd(6)} ${host.isOn() ? `${mebibytes} MiB` : 'off'}\n`)
  }
  return 0
}

async function onHost(call: Call, act: (lab: Lab, name: string) => Promise<void>): Promise<number> {
  const name = named(call.words[0])
  return withLab(call, (lab) => act(lab, name))
}

async function withLab(call: Call, act: (lab: Lab) => Promise<void>): Promise<number> {
  await act(await openLab(call.dir))
  return 0
}

function named(name: string | undefined): string {
  if (name === undefined) throw labFailure('lab.argument', 'The name of a host is missing')
  return name
}
