import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NicSpec } from '@altostack/agent-api'
import { tapName } from '../src/network/filter/tap-name.ts'

const missing = ['/usr/sbin/dnsmasq', '/usr/sbin/nft', '/bin/busybox'].filter((path) => !existsSync(path))
/** Why no guest's link can be played here. */
export function cannotLink(): string | false {
  if (process.getuid?.() !== 0) return 'needs root for a bridge'
  return missing.length > 0 && `${missing.join(', ')} missing: apt-get install dnsmasq-base nftables busybox`
}

export function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

export type Answer = { readonly code: number; readonly out: string }

/** A network namespace on a bridge, as a guest is: its cable has the name of the tap that the guest would have. */
export type LinkGuest = {
  readonly space: string
  readonly port: string
  readonly run: (...argv: string[]) => Promise<Answer>
  readonly start: (...argv: string[]) => ChildProcess
  /** A web server on the port. */
  readonly serve: (port: number) => ChildProcess
  /** Asks for an address; the lease's words, or undefined after `seconds` of silence. */
  readonly lease: (seconds?: number) => Promise<Record<string, string> | undefined>
  /** Takes the address as a lease would give it. */
  readonly address: (address: string, gateway?: string) => void
  readonly ping: (address: string) => Promise<boolean>
  /** Whether a TCP connection opens within two seconds. */
  readonly opens: (address: string, port: number) => Promise<boolean>
  readonly remove: () => void
}

export function linkGuest(options: {
  readonly dir: string
  readonly bridge: string
  readonly mac: string
  /** The port's name; by default that of the NIC's tap. */
  readonly nic?: Pick<NicSpec, 'nicUuid'>
  readonly port?: string
}): LinkGuest {
  const id = randomUUID().slice(0, 8)
  const space = `altog${id}`
  const port = options.port ?? (options.nic === undefined ? `altg${id}` : tapName(options.nic.nicUuid))
  ip('netns', 'add', space)
  ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth', 'netns', space)
  ip('-n', space, 'link', 'set', 'lo', 'up')
  ip('-n', space, 'link', 'set', 'eth', 'address', options.mac, 'up')
  ip('link', 'set', port, 'master', options.bridge, 'up')
  const inside = ['netns', 'exec', space]
  const run = async (...argv: string[]): Promise<Answer> => {
    try {
      const { stdout, stderr } = await promisify(execFile)('ip', [...inside, ...argv], { timeout: 20_000 })
      return { code: 0, out: stdout + stderr }
    } catch (error) {
      const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string }
      return { code: typeof code === 'number' ? code : 255, out: stdout + stderr }
    }
  }
  return {
    space,
    port,
    run,
    start: (...argv) => spawn('ip', [...inside, ...argv], { stdio: 'ignore' }),
    serve: (port) =>
      spawn('ip', [...inside, '/bin/busybox', 'httpd', '-f', '-p', String(port), '-h', options.dir], {
        stdio: 'ignore',
      }),
    async lease(seconds = 4) {
      const script = join(options.dir, `lease-${id}.sh`)
      const words = '^(ip|mask|router|dns|domain|serverid|lease|staticroutes|mtu)='
      writeFileSync(script, `#!/bin/sh\n[ "$1" = bound ] && env | grep -E "${words}"\nexit 0\n`, { mode: 0o755 })
      const options121 = ['-O', 'staticroutes', '-O', 'mtu']
      const args = ['-i', 'eth', '-f', '-q', '-n', '-t', String(seconds), '-T', '1', '-A', '1', '-s', script]
      const { code, out } = await run('/bin/busybox', 'udhcpc', ...args, ...options121)
      rmSync(script, { force: true })
      if (code !== 0) return undefined
      const lines = out.split('\n').filter((line) => new RegExp(words).test(line))
      return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]))
    },
    address(address, gateway) {
      ip('-n', space, 'address', 'replace', `${address}/24`, 'dev', 'eth')
      if (gateway !== undefined) ip('-n', space, 'route', 'replace', 'default', 'via', gateway)
    },
    ping: async (address) => (await run('ping', '-c', '1', '-w', '3', address)).code === 0,
    opens: async (address, to) => (await run('timeout', '2', 'bash', '-c', `</dev/tcp/${address}/${to}`)).code === 0,
    remove() {
      execFileSync('ip', ['link', 'del', port], { stdio: 'ignore' })
      execFileSync('ip', ['netns', 'del', space], { stdio: 'ignore' })
    },
  }
}
