import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificates } from './certificates.ts'

const defaultHostname = 'alto-libvirt-test'
const needed = ['/usr/sbin/libvirtd', '/usr/bin/qemu-system-x86_64', '/usr/bin/openssl', '/usr/bin/unshare']

/** Why the tests against a real libvirtd cannot run here; false if they can. For node:test's `skip`. */
export function cannotRun(): string | false {
  if (process.getuid?.() !== 0) return 'needs root for namespaces'
  const missing = needed.filter((path) => !existsSync(path))
  if (missing.length === 0) return false
  return `${missing.join(', ')} missing: apt-get install libvirt-daemon-system qemu-system-x86 qemu-utils openssl`
}

export interface DaemonOptions {
  /** Lines for libvirtd.conf beside the usual ones. */
  readonly config?: readonly string[]
  readonly hostname?: string
  /** A network namespace of its own: guests' taps stay out of the machine's. TCP and TLS are out of reach then. */
  readonly ownNetwork?: boolean
  readonly certificates?: Certificates
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A real libvirtd, apart from any other on the machine: namespaces of its own, paths of its own, no system service. */
export class TestDaemon {
  readonly dir: string
  readonly tcpPort: number
  readonly tlsPort: number
  readonly #options: DaemonOptions
  #process: ChildProcess | undefined
  #stderr = ''

  constructor(options: DaemonOptions, dir: string, tcpPort: number, tlsPort: number) {
    this.#options = options
    this.dir = dir
    this.tcpPort = tcpPort
    this.tlsPort = tlsPort
  }

  get socket(): string {
    return join(this.dir, 'sock', 'libvirt-sock')
  }

  get readOnlySocket(): string {
    return join(this.dir, 'sock', 'libvirt-sock-ro')
  }

  get log(): string {
    return readFileSync(join(this.dir, 'libvirtd.log'), 'utf8')
  }

  /** Starts it, or starts it again after `kill`. Guests of before are still there. */
  async start(): Promise<void> {
    this.#process ??= this.#makeNamespaces()
    await this.#tell('start')
    for (let i = 0; i < 400; i++) {
      if (this.#process.exitCode !== null) break
      if (await answers(this.socket)) return
      await sleep(25)
    }
    throw new Error(`libvirtd does not listen on ${this.socket}: ${this.#stderr} ${this.log}`)
  }

  /** To libvirtd alone. */
  async signal(name: NodeJS.Signals): Promise<void> {
    await this.#tell(`signal ${name}`)
  }

  /** Ends libvirtd at once; its guests go on. */
  async kill(): Promise<void> {
    await this.#tell('stop')
  }

  /** Ends libvirtd and every guest of it at once, and what /run had; `start` is the next boot of the machine. */
  async powerCut(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child && child.exitCode === null && child.signalCode === null) {
      const { pid } = child
      const first = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      // The first process of the namespace is gone only when every other of it is.
      for (let i = 0; i < 400 && first !== '' && existsSync(`/proc/${first}`); i++) await sleep(25)
    }
    for (const part of ['run', 'dev']) rmSync(join(this.dir, part), { recursive: true, force: true, maxRetries: 20 })
    rmSync(this.socket, { force: true })
  }

  /** Ends libvirtd and every guest of it, and removes its directory. */
  async stop(): Promise<void> {
    await this.powerCut()
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }

  #makeNamespaces(): ChildProcess {
    const { hostname = defaultHostname, ownNetwork, certificates } = this.#options
    const namespaces = ['--mount', '--uts', '--pid', '--fork', '--kill-child', ...(ownNetwork ? ['--net'] : [])]
    const script = join(import.meta.dirname, 'private-libvirtd.bash')
    const listen = certificates ? ['--listen'] : []
    const child = spawn('unshare', [...namespaces, script, this.dir, hostname, ...listen], {
      // Some calls write files of relative names: not into the repository.
      cwd: this.dir,
    })
    child.stderr.on('data', (chunk) => (this.#stderr += chunk))
    return child
  }

  async #tell(command: string): Promise<void> {
    const child = this.#process!
    const answer = new Promise<void>((resolve, reject) => {
      const onExit = (): void => reject(new Error(`the namespaces ended: ${this.#stderr}`))
      child.once('exit', onExit)
      child.stdout?.once('data', () => {
        child.off('exit', onExit)
        resolve()
      })
    })
    child.stdin?.write(`${command}\n`)
    await answer
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Prepares and starts a private libvirtd. Stop it with `stop` whatever happens. */
export async function startLibvirtd(options: DaemonOptions = {}): Promise<TestDaemon> {
  const dir = mkdtempSync(join(tmpdir(), 'alto-libvirtd-'))
  for (const part of ['sock', 'etc/libvirt']) mkdirSync(join(dir, part), { recursive: true })
  const { hostname = defaultHostname, certificates } = options
  const [tcpPort, tlsPort] = certificates ? [await freePort(), await freePort()] : [0, 0]
  const config = [
    `unix_sock_dir = "${dir}/sock"`,
    'auth_unix_rw = "none"',
    'auth_unix_ro = "none"',
    `log_outputs = "3:file:${dir}/libvirtd.log"`,
    `host_uuid = "${randomUUID()}"`,
  ]
  if (certificates) {
    const { ca, server } = certificates
    config.push(
      'listen_addr = "127.0.0.1"',
      'listen_tcp = 1',
      'listen_tls = 1',
      'auth_tcp = "none"',
      'auth_tls = "none"',
    )
    config.push(`tcp_port = "${tcpPort}"`, `tls_port = "${tlsPort}"`)
    config.push(`ca_file = "${ca.certFile}"`, `cert_file = "${server.certFile}"`, `key_file = "${server.keyFile}"`)
  }
  const qemu = ['security_driver = "none"', 'user = "root"', 'group = "root"', 'cgroup_controllers = []']
  qemu.push('namespaces = []', 'stdio_handler = "file"', 'capability_filters = [ "cpu-unavailable-features" ]')
  writeFileSync(join(dir, 'libvirtd.conf'), [...config, ...(options.config ?? []), ''].join('\n'))
  writeFileSync(join(dir, 'libvirtd.log'), '')
  writeFileSync(join(dir, 'etc/libvirt/qemu.conf'), [...qemu, ''].join('\n'))
  writeFileSync(join(dir, 'etc/hosts'), `127.0.0.1 localhost ${hostname}\n`)
  const daemon = new TestDaemon(options, dir, tcpPort, tlsPort)
  try {
    await daemon.start()
  } catch (error) {
    await daemon.stop()
    throw error
  }
  return daemon
}

/** Runs a program by its argv and returns what it prints. */
export function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Waits until `probe` answers something; throws after `timeoutMs`. */
export async function until<T>(what: string, probe: () => T | Promise<T>, timeoutMs = 10_000): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== null && value !== false) return value
    if (performance.now() > end) throw new Error(`${what} did not happen within ${timeoutMs} ms`)
    await sleep(20)
  }
}
