import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Service } from '../supervisor/services.ts'

/** Directory whose etc, run and var a supervised libvirtd has in place of the machine's. It is the agent's root too. */
export const hostRoot = (dataDir: string): string => join(dataDir, 'host')
export const libvirtSocket = (dataDir: string): string => join(hostRoot(dataDir), 'run/libvirt/libvirt-sock')

/**
 * A libvirtd of the instance's own for machines where systemd does not run one. Lab-like settings, each for a reason:
 * no cgroup controllers and no namespaces (nobody delegated any), root as QEMU's user (its files are the instance's own).
 */
export function privateLibvirtd(dataDir: string): Service {
  const root = hostRoot(dataDir)
  const etc = join(root, 'etc/libvirt')
  mkdirSync(etc, { recursive: true })
  const conf = join(etc, 'libvirtd.conf')
  if (!existsSync(conf)) {
    writeFileSync(conf, 'auth_unix_ro = "none"\nauth_unix_rw = "none"\nunix_sock_rw_perms = "0700"\n')
  }
  const qemu = join(etc, 'qemu.conf')
  if (!existsSync(qemu)) {
    writeFileSync(
      qemu,
      [
        'security_driver = "none"',
        'user = "root"',
        'group = "root"',
        'dynamic_ownership = 0',
        'remember_owner = 0',
        'cgroup_controllers = []',
        'namespaces = []',
        'stdio_handler = "file"',
        '',
      ].join('\n'),
    )
  }
  return {
    name: 'libvirtd',
    argv: [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      '--',
      'sh',
      join(import.meta.dirname, 'private-libvirtd.sh'),
      root,
    ],
    log: join(dataDir, 'log', 'libvirtd.log'),
  }
}

/** Resolves when something answers on the socket. */
export async function waitForSocket(path: string, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(path)
      socket.on('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (open) return
    if (Date.now() > until) {
      throw Object.assign(new Error('libvirtd does not answer'), {
        code: 'up.libvirtd',
        seen: `no answer on ${path} within ${timeoutMs / 1000} s`,
        fix: 'Look at log/libvirtd.log in the data directory.',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
