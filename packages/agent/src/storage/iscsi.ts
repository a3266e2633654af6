import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hostRefusal, type PoolAccessData, type PoolSource } from '@altostack/agent-api'
import { type AltoError, type agentErrors, agentFailure, errorText, type Runtime } from '@altostack/core'
import { run } from '../process.ts'
import { reachPort } from './reach-port.ts'
import { replaceFile } from './replace-file.ts'

export type IscsiSource = Extract<PoolSource, { kind: 'iscsi' }>
type Chap = NonNullable<PoolAccessData['chap']>
type Portal = IscsiSource['portals'][number]

/** Where open-iscsi keeps a record of each target and portal. */
const recordRoot = '/etc/iscsi/nodes'
const alreadyLoggedIn = 15
const noSuchRecord = 21
const loginMs = 40_000

/** Logs in to a target by each of its portals that answers; one is enough, none is refused by name. Repeatable. */
export async function loginTarget(runtime: Runtime, source: IscsiSource, chap: Chap | undefined): Promise<void> {
  const failures: Error[] = []
  let sessions = 0
  for (const portal of source.portals) {
    try {
      await requirePortal(runtime, portal)
      await discover(runtime, source, portal)
      writeRecord(source, portal, chap)
      await login(runtime, source, portal)
      sessions++
    } catch (error) {
      failures.push(error as Error)
    }
  }
  if (sessions === 0) throw failures[0]
  // A LUN that was made after the login is not seen by itself.
  await admin(runtime, ['-m', 'session', '--rescan'], [0, noSuchRecord]).catch(() => {})
}

/** Logs out and forgets the target: with it all of its LUNs go. Absent is success. */
export async function logoutTarget(runtime: Runtime, { target }: IscsiSource): Promise<void> {
  await admin(runtime, ['-m', 'node', '-T', target, '--logout'], [0, noSuchRecord])
  await admin(runtime, ['-m', 'node', '-T', target, '--op', 'delete'], [0, noSuchRecord])
}

async function requirePortal(runtime: Runtime, { address, port }: Portal): Promise<void> {
  const { state, seen } = await reachPort(runtime, address, port)
  if (state === 'open') return
  if (state === 'refused') throw refuse('pool.port', `The iSCSI portal ${address} refuses port ${port}`, seen)
  throw refuse('pool.server', `The iSCSI portal ${address}:${port} does not answer`, seen)
}

async function discover(runtime: Runtime, { target }: IscsiSource, portal: Portal): Promise<void> {
  const { stdout } = await admin(runtime, ['-m', 'discovery', '-t', 'sendtargets', '-p', portalName(portal)], [0, 21])
  const names = stdout.split('\n').flatMap((line) => line.split(' ')[1] ?? [])
  if (names.includes(target)) return
  throw refuse(
    'pool.denied',
    `The portal ${portalName(portal)} offers no target ${target} to this host`,
    names.length === 0 ? 'it offers none' : `it offers ${[...new Set(names)].slice(0, 10).join(', ')}`,
  )
}

/**
 * The server attaches pools when a host connects, so nothing logs in at boot. Settings go into the record's file: as
 * arguments of a program a password would be seen in the list of processes.
 */
function writeRecord({ target }: IscsiSource, { address, port }: Portal, chap: Chap | undefined): void {
  const settings = new Map<string, string | undefined>([
    ['node.startup', 'manual'],
    ['node.conn[0].startup', 'manual'],
    ['node.session.auth.authmethod', chap === undefined ? 'None' : 'CHAP'],
    ['node.session.auth.username', chap?.user],
    ['node.session.auth.password', chap?.password],
    ['node.session.auth.username_in', chap?.mutualUser],
    ['node.session.auth.password_in', chap?.mutualPassword],
  ])
  for (const path of recordFiles(join(recordRoot, target), `${address},${port},`)) {
    const kept = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => !settings.has(line.split(' = ')[0] ?? ''))
    const end = kept.findIndex((line) => line.startsWith('# END RECORD'))
    const lines = [...settings].flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${value}`]))
    kept.splice(end < 0 ? kept.length : end, 0, ...lines)
    replaceFile(path, kept.join('\n'), 0o600)
  }
}

/** `ADDRESS,PORT,TPGT/INTERFACE` below the target's directory; older versions keep a file where the directory is. */
function recordFiles(directory: string, start: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(start))
    .flatMap((name) => {
      const path = join(directory, name)
      return statSync(path).isDirectory() ? readdirSync(path).map((inner) => join(path, inner)) : [path]
    })
}

async function login(runtime: Runtime, { target }: IscsiSource, portal: Portal): Promise<void> {
  const args = ['-m', 'node', '-T', target, '-p', portalName(portal), '--login']
  try {
    await admin(runtime, args, [0, alreadyLoggedIn])
  } catch (error) {
    const said = `${errorText(error)} ${(error as Partial<AltoError>).seen ?? ''}`
    if (/authorization failure|authentication|\b24\b/i.test(said)) {
      throw refuse('pool.login', `The target ${target} refuses the login`, said)
    }
    throw refuse('pool.server', `The login to ${target} by ${portalName(portal)} failed`, said)
  }
}

function portalName({ address, port }: Portal): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}

async function admin(
  runtime: Runtime,
  args: readonly string[],
  accept: readonly number[],
): Promise<{ readonly stdout: string }> {
  try {
    return await run('iscsiadm', args, { runtime, timeoutMs: loginMs, accept })
  } catch (error) {
    if (!/cannot be started/.test(errorText(error))) throw error
    throw refuse('pool.client', 'The host has no iSCSI initiator: iscsiadm (package open-iscsi) is missing', error)
  }
}

function refuse(code: keyof typeof agentErrors, message: string, seen: unknown): Error {
  const text = typeof seen === 'string' ? seen : errorText(seen)
  return hostRefusal(agentFailure(code, message, { seen: text.slice(0, 1000) }))
}
