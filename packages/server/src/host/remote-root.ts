import { hostFailure } from '@altostack/core'
import type { ExecOptions, RemoteEnd, SshHost } from './ssh/connect.ts'

/** How the login becomes root. */
export type Privilege = 'root' | 'sudo' | 'sudo-password'
/** Runs a program as root on the host. */
export type RootExec = (args: readonly string[], options?: ExecOptions) => Promise<RemoteEnd>

/** Finds how to become root. Throws host.privilege when there is no way. */
export async function findPrivilege(ssh: SshHost, username: string, password: string | undefined): Promise<Privilege> {
  const who = await ssh.exec(['id', '-u'])
  if (who.stdout.trim() === '0') return 'root'
  const free = await ssh.exec(['sudo', '-n', 'true'])
  if (free.code === 0) return 'sudo'
  if (password !== undefined) {
    const asked = await ssh.exec(['sudo', '-S', '-p', '', 'true'], { input: `${password}\n` })
    if (asked.code === 0) return 'sudo-password'
  }
  throw hostFailure('host.privilege', `User ${username} is not root and cannot become root`, {
    seen: `sudo: ${free.stderr.trim().split('\n')[0] ?? 'refused'}`,
  })
}

export function rootExec(ssh: SshHost, privilege: Privilege, password: string | undefined): RootExec {
  if (privilege === 'root') return ssh.exec
  if (privilege === 'sudo') return (args, options) => ssh.exec(['sudo', '-n', '--', ...args], options)
  return (args, options = {}) => {
    // sudo takes the first line; what follows is the program's.
    const input = Buffer.concat([Buffer.from(`${password}\n`), Buffer.from(options.input ?? '')])
    return ssh.exec(['sudo', '-S', '-p', '', '--', ...args], { ...options, input })
  }
}
