import { posix } from 'node:path'
import { errorText, hostFailure, type Runtime } from '@altostack/core'
import type { AgentPackage } from './agent-package.ts'
import { findPrivilege, type RootExec, rootExec } from './remote-root.ts'
import { connectSsh, type RemoteEnd, type SshHost, type SshTarget } from './ssh/connect.ts'

/** A host with a way to become root: what every step of a recruitment works on. */
export type Recruit = { readonly ssh: SshHost; readonly asRoot: RootExec }

export async function withRecruit<R>(
  runtime: Runtime,
  target: SshTarget,
  body: (recruit: Recruit) => Promise<R>,
): Promise<R> {
  const ssh = await connectSsh(target, runtime)
  try {
    const privilege = await findPrivilege(ssh, target.username, target.password)
    return await body({ ssh, asRoot: rootExec(ssh, privilege, target.password) })
  } finally {
    ssh.close()
  }
}

const stampPath = '/var/lib/altostack/agent/package.sha256'
const propertiesPath = '/etc/cloudstack/agent/agent.properties'
const serviceName = 'altostack-agent'
const dpkgEnv = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C']
const installMs = 300_000

/** Installs the agent package unless exactly this one is installed already. Answers whether it did anything. */
export async function installPackage(recruit: Recruit, agent: AgentPackage, aptAllowed: boolean): Promise<boolean> {
  const { asRoot, ssh } = recruit
  const stamp = (await asRoot(['cat', stampPath])).stdout.trim()
  if (stamp === agent.sha256 && (await isInstalled(asRoot))) return false
  const remote = posix.join('/var/tmp', `altostack-agent-${agent.sha256.slice(0, 16)}.deb`)
  try {
    await ssh.put(agent.path, remote)
  } catch (error) {
    throw hostFailure('host.package', 'The agent package could not be copied to the host', { seen: errorText(error) })
  }
  try {
    const first = await asRoot([...dpkgEnv, 'dpkg', '--force-confold', '-i', remote], { timeoutMs: installMs })
    if (first.code !== 0) await bringDependencies(asRoot, first, aptAllowed)
    if (!(await isInstalled(asRoot))) throw packageFailure('dpkg did not install it', first)
    await writeRemote(asRoot, stampPath, `${agent.sha256}\n`)
    return true
  } finally {
    await asRoot(['rm', '-f', remote]).catch(() => undefined)
  }
}

async function bringDependencies(asRoot: RootExec, first: RemoteEnd, aptAllowed: boolean): Promise<void> {
  if (!/dependency problems|depends on/.test(first.stderr)) throw packageFailure('dpkg failed', first)
  if (!aptAllowed) throw packageFailure('packages that it depends on are missing', first)
  const apt = ['apt-get', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=60']
  const fix = [...dpkgEnv, ...apt, '-f', 'install']
  let end = await asRoot(fix, { timeoutMs: installMs })
  if (end.code !== 0 || !(await isInstalled(asRoot))) {
    // A fresh host has no package lists yet; without them apt removes the agent instead of completing it.
    await asRoot([...dpkgEnv, ...apt, 'update'], { timeoutMs: installMs })
    end = await asRoot(fix, { timeoutMs: installMs })
  }
  if (end.code !== 0) throw packageFailure('apt-get could not bring what it depends on', end)
}

async function isInstalled(asRoot: RootExec): Promise<boolean> {
  const end = await asRoot(['dpkg-query', '-W', '-f', '${db:Status-Status}', serviceName])
  return end.stdout.trim() === 'installed'
}

/** Takes the package away again, with its settings: only where it was not there before. */
export async function removePackage({ asRoot }: Recruit): Promise<void> {
  await asRoot(['systemctl', 'stop', serviceName])
  await asRoot([...dpkgEnv, 'dpkg', '--purge', serviceName], { timeoutMs: installMs })
}

export type Acceleration = { readonly kind: string; readonly reason: string }

/** How guests would run there, proved by the installed agent. Undefined when it cannot say. */
export async function askAcceleration({ asRoot }: Recruit): Promise<Acceleration | undefined> {
  const end = await asRoot(['/usr/bin/altostack-agent', 'facts'], { timeoutMs: 60_000 })
  try {
    const { acceleration } = JSON.parse(end.stdout) as { readonly acceleration?: Acceleration }
    return acceleration
  } catch {
    return undefined
  }
}

/** Sets keys of agent.properties; comments, order and other keys stay. */
export async function writeProperties({ asRoot }: Recruit, values: Readonly<Record<string, string>>): Promise<void> {
  const before = (await asRoot(['cat', propertiesPath])).stdout
  await writeRemote(asRoot, propertiesPath, setProperties(before, values))
}

/** `key=value` lines replaced in place (a commented one counts as its place), others added at the end. */
export function setProperties(text: string, values: Readonly<Record<string, string>>): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  for (const [key, value] of Object.entries(values)) {
    const line = `${key}=${value}`
    const set = lines.findIndex((one) => keyOf(one) === key)
    const commented = lines.findIndex((one) => one.startsWith('#') && keyOf(one.slice(1)) === key)
    const at = set >= 0 ? set : commented
    if (at >= 0) lines[at] = line
    else lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

function keyOf(line: string): string {
  return (line.split('=')[0] ?? '').trim()
}

/** Fixed text; the path is an argument, the content standard input. */
const writeScript = 'umask 027; cat > "$1.new" && mv -f "$1.new" "$1"'

async function writeRemote(asRoot: RootExec, path: string, content: string): Promise<void> {
  const made = await asRoot(['mkdir', '-p', posix.dirname(path)])
  const end = made.code === 0 ? await asRoot(['sh', '-c', writeScript, 'write', path], { input: content }) : made
  if (end.code !== 0) throw hostFailure('host.setup', `${path} could not be written`, { seen: end.stderr.trim() })
}

/**
 * Joins with a one-time token, which goes by standard input since everybody sees arguments, and starts the service.
 * `patience` is the factor by which the host is known to be slow.
 */
export async function joinAndStart({ asRoot }: Recruit, token: string, patience: number): Promise<void> {
  const timeoutMs = Math.min(60_000 * patience, 400_000)
  const join = () => asRoot(['/usr/bin/altostack-agent', 'join', '-'], { input: token, timeoutMs })
  let joined = await join()
  // A slow host may need longer for a handshake than either end waits; the token is good for another attempt.
  for (let again = 0; again < 2 && joined.code !== 0 && /does not answer/.test(joined.stderr); again++)
    joined = await join()
  if (joined.code !== 0) {
    throw hostFailure('host.setup', 'The agent could not join the management server', {
      seen: joined.stderr.trim().split(token).join('<token>').slice(-600),
    })
  }
  await asRoot(['systemctl', 'daemon-reload'])
  await asRoot(['systemctl', 'enable', serviceName])
  const started = await asRoot(['systemctl', 'restart', serviceName], { timeoutMs })
  if (started.code !== 0) {
    throw hostFailure('host.setup', 'The agent service could not be started', {
      seen: started.stderr.trim().slice(-600),
      fix: 'systemctl status cloudstack-agent and journalctl -u altostack-agent on the host say why.',
    })
  }
}

/** The newest lines of the agent's log, for a host that does not come Up. */
export async function agentLogTail({ asRoot }: Recruit): Promise<string> {
  const end = await asRoot(['tail', '-n', '5', '/var/log/cloudstack/agent/agent.log'])
  const status = await asRoot(['systemctl', 'is-active', serviceName])
  return `service ${status.stdout.trim()}; agent.log: ${end.stdout.trim().slice(-1200) || end.stderr.trim()}`
}

function packageFailure(message: string, end: RemoteEnd): Error {
  return hostFailure('host.package', `The agent package could not be installed: ${message}`, {
    seen: `${end.stderr}\n${end.stdout}`.trim().slice(-800),
  })
}

const keyScript = [
  'home=$(getent passwd "$1" | cut -d: -f6); group=$(id -g "$1"); test -n "$home" || exit 1',
  'file=$home/.ssh/authorized_keys',
  'if test "$2" = add; then',
  '  grep -qsF "$3" "$file" && { echo there; exit 0; }',
  '  umask 077; mkdir -p "$home/.ssh"; test ! -s "$file" || test -z "$(tail -c 1 "$file")" || echo >> "$file"',
  '  echo "$3" >> "$file"; chown "$1:$group" "$home/.ssh" "$file"; echo added',
  'else test ! -e "$file" || { grep -vF "$3" "$file" > "$file.altostack"; cat "$file.altostack" > "$file"; rm -f "$file.altostack"; }; fi',
].join('\n')

/** Lets the server in by its own key from now on. Answers whether the key was added: false when it was there. */
export async function installServerKey({ asRoot }: Recruit, user: string, publicKey: string): Promise<boolean> {
  const end = await asRoot(['sh', '-c', keyScript, 'key', user, 'add', publicKey])
  if (end.code !== 0)
    throw hostFailure('host.setup', `The key of the server could not be installed for ${user}`, {
      seen: end.stderr.trim(),
    })
  return end.stdout.trim() === 'added'
}

export async function removeServerKey({ asRoot }: Recruit, user: string, publicKey: string): Promise<void> {
  await asRoot(['sh', '-c', keyScript, 'key', user, 'remove', publicKey])
}
