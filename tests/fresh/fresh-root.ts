import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { minimalTree } from './minimal-tree.ts'

/** A clean Debian 12 in a container on the machine's network: debootstrap's minbase and nothing else. */
export type FreshRoot = {
  readonly root: string
  /** Runs a program inside, in the copy of the repository; collects what it prints, also to the log. */
  readonly run: (argv: readonly string[], options?: { readonly timeoutMs?: number }) => Promise<RunResult>
  readonly log: string
  readonly stop: () => Promise<void>
}
export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Debian packages of the machine that the test itself needs. */
export const freshPackages = ['debootstrap', 'systemd-container', 'util-linux']
const checkout = '/opt/altostack'

export async function startFreshRoot(): Promise<FreshRoot> {
  const base = await minimalTree()
  const dir = mkdtempSync(join(tmpdir(), 'alto-fresh-'))
  const root = join(dir, 'root')
  for (const name of ['root', 'up', 'work']) mkdirSync(join(dir, name))
  const layers = `lowerdir=${base},upperdir=${join(dir, 'up')},workdir=${join(dir, 'work')}`
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, root])
  copyCheckout(join(root, checkout))
  copySettings(root)
  const machine = `alto-fresh-${process.pid}`
  const child = startContainer(root, machine)
  const leader = await leaderOf(child)
  const log = join(dir, 'log')
  return {
    root,
    log,
    run: (argv, options = {}) => runInside(leader, argv, log, options.timeoutMs ?? 600_000),
    async stop() {
      process.kill(leader, 'SIGKILL')
      for (let waited = 0; child.exitCode === null && child.signalCode === null && waited < 10_000; waited += 50)
        await sleep(50)
      child.kill('SIGKILL')
      for (let attempt = 0; attempt < 50; attempt++) {
        if (spawnSync('umount', [root]).status === 0) break
        await sleep(100)
      }
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The tracked files as they are in the work tree: what a fresh clone has. */
function copyCheckout(target: string): void {
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
    .split('\0')
    .filter((file) => existsSync(file))
  for (const file of files) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    copyFileSync(file, join(target, file))
  }
  execFileSync('git', ['init', '-q', target])
  execFileSync('git', ['-C', target, 'add', '-A', '-f'])
  const author = ['-c', 'user.name=fresh', '-c', 'user.email=fresh@localhost']
  execFileSync('git', ['-C', target, ...author, 'commit', '-q', '-m', 'Fresh copy'])
}

/** The machine's certificates under a name that the container's own ca-certificates package leaves alone. */
const machineBundle = '/etc/ssl/certs/ca-certificates.crt'
const passedBundle = '/etc/ssl/machine-certificates.crt'

/** npm's, pip's and the resolver's settings of this machine, without which a closed network has no registries. */
function copySettings(root: string): void {
  const npm = ['/etc/npmrc', '/usr/etc/npmrc', '/root/.npmrc'].filter((file) => existsSync(file))
  const lines = npm.flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  put(root, '/root/.npmrc', [...new Set(lines)].filter((line) => !line.startsWith('nodedir')).join('\n'))
  for (const file of ['/etc/pip.conf', '/etc/resolv.conf', '/etc/hosts', '/root/.config/pip/pip.conf']) {
    if (existsSync(file)) put(root, file, readFileSync(file, 'utf8'))
  }
  if (existsSync(machineBundle)) writeFileSync(join(root, passedBundle), readFileSync(machineBundle))
  // Nothing here outlives the test, so dpkg need not wait for the disk after each file.
  put(root, '/etc/dpkg/dpkg.cfg.d/unsafe-io', 'force-unsafe-io\n')
}

function put(root: string, file: string, text: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true })
  rmSync(join(root, file), { force: true })
  writeFileSync(join(root, file), text.replaceAll(machineBundle, passedBundle))
}

function startContainer(root: string, machine: string): ChildProcess {
  const argv = [
    '--quiet',
    '--register=no',
    '--keep-unit',
    `--machine=${machine}`,
    `--directory=${root}`,
    '--as-pid2',
    '--capability=all',
  ]
  argv.push('--private-users=no', '--link-journal=no', '--resolv-conf=off', '--timezone=off', '--console=pipe')
  argv.push('--bind=/dev/net/tun', ...(existsSync('/dev/kvm') ? ['--bind=/dev/kvm'] : []))
  argv.push('--system-call-filter=@keyring bpf perf_event_open', 'sleep', 'infinity')
  return spawn('systemd-nspawn', argv, { stdio: 'ignore' })
}

/** The container's first process, as the machine sees it. */
async function leaderOf(child: ChildProcess): Promise<number> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const parent = /^PPid:\s+(\d+)$/m.exec(readQuietly(`/proc/${pid}/status`))?.[1]
      // The inner half of systemd-nspawn stays on as the container's init; `sleep` runs below it.
      if (parent === String(child.pid) && readQuietly(`/proc/${pid}/task/${pid}/children`).trim() !== '')
        return Number(pid)
    }
    if (child.exitCode !== null) break
    await sleep(50)
  }
  throw new Error('the container did not start')
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function runInside(leader: number, argv: readonly string[], log: string, timeoutMs: number): Promise<RunResult> {
  // Certificates and proxies are the machine's; everything else of its environment stays outside.
  const passed = Object.entries(process.env).filter(([name]) => /CERT|CA_BUNDLE|CA_CERTS|CAINFO|_proxy$/i.test(name))
  const env = [
    'HOME=/root',
    'TERM=dumb',
    'LC_ALL=C',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ]
  const inside = [
    'env',
    '-i',
    ...env,
    ...passed.map(([name, value]) => `${name}=${value?.replaceAll(machineBundle, passedBundle)}`),
    ...argv,
  ]
  const child = spawn(
    'nsenter',
    ['-t', String(leader), '-m', '-u', '-i', '-p', '-r', `--wdns=${checkout}`, '--', ...inside],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const out: Buffer[] = []
  const err: Buffer[] = []
  const keep = (list: Buffer[]) => (chunk: Buffer) => {
    list.push(chunk)
    writeFileSync(log, chunk, { flag: 'a' })
  }
  child.stdout.on('data', keep(out))
  child.stderr.on('data', keep(err))
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    // `exit`, not `close`: what a command leaves running keeps the pipes open.
    child.on('exit', (code) => {
      clearTimeout(timer)
      setTimeout(
        () =>
          resolve({ code: code ?? 137, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
        100,
      )
    })
  })
}
