import { mkdir, open, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { PoolRef } from '@altostack/agent-api'
import { AltoError, errorText, type Runtime } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { directoryDriver } from './directory-driver.ts'
import { type Mount, mountAt } from './mount-table.ts'
import { isExported, isVersionRefusal, mountFailureCode, nfsFailure } from './nfs-failure.ts'
import type { Attachment, PoolDriver } from './pool-driver.ts'
import { reachPort } from './reach-port.ts'

type NfsSource = { readonly server: string; readonly port: number; readonly export: string }

const mountMs = 45_000
const showmountMs = 6_000
/** Newest first; 3 needs rpcbind and a lock daemon, so it comes with a word. */
const versions = ['4.2', '4.1', '3'] as const

/**
 * Images as files of an NFS export, mounted by this host at the pool's path. `hard` is the default: a guest waits for its
 * server; an error would be a damaged file system in it. What waits is our affair: all work on a pool is time-boxed.
 */
export const nfsDriver: PoolDriver = {
  ...directoryDriver,
  async attach(context, pool, { create, access }) {
    const source = sourceOf(pool)
    const present = mountAt(pool.path)
    let notice: string | undefined
    if (present === undefined) {
      await requireFree(pool)
      await requireReachable(context, source)
      notice = await mount(context.runtime, pool, source, access.mountOptions)
    } else {
      requireOurs(pool, source, present)
    }
    try {
      await context.pools.claim(pool, () => requireRoot(pool, source, context.identity().hostUuid))
      const attached: Attachment = await directoryDriver.attach(context, pool, { create, access })
      return notice === undefined ? attached : { notice }
    } catch (error) {
      if (present === undefined) await unmount(context.runtime, pool.path)
      throw error
    }
  },
  async detach(context, pool, release) {
    const present = mountAt(pool.path)
    if (present === undefined) return
    requireOurs(pool, sourceOf(pool), present)
    await directoryDriver.detach(context, pool, release)
    await unmount(context.runtime, pool.path)
  },
  async space(runtime, pool) {
    requireMounted(pool)
    try {
      return await directoryDriver.space(runtime, pool)
    } catch (error) {
      const seen = error instanceof AltoError ? `${error.message} ${error.seen ?? ''}` : errorText(error)
      if (!/stale/i.test(seen)) throw error
      throw nfsFailure('pool.stale', `The mount at ${pool.path} is stale`, seen)
    }
  },
  async verify(runtime, pool) {
    requireMounted(pool)
    await directoryDriver.verify(runtime, pool)
  },
}

function sourceOf(pool: PoolRef): NfsSource {
  if (pool.source?.kind !== 'nfs') throw nfsFailure('pool.mount', `Pool ${pool.uuid} names no NFS server`, pool.path)
  return pool.source
}

/** `SERVER:/EXPORT` as mount and the kernel write it; IPv6 in brackets. */
function nameOf({ server, export: path }: NfsSource): string {
  return `${server.includes(':') ? `[${server}]` : server}:${path}`
}

function requireMounted(pool: PoolRef): void {
  const present = mountAt(pool.path)
  if (present === undefined) {
    throw nfsFailure(
      'pool.marker',
      `The pool is not mounted at ${pool.path}`,
      'no mount there; reconnectHost mounts it',
    )
  }
  requireOurs(pool, sourceOf(pool), present)
}

function requireOurs(pool: PoolRef, source: NfsSource, present: Mount): void {
  const trim = (text: string): string => text.replace(/(.)\/+$/, '$1')
  if (present.type.startsWith('nfs') && trim(present.source) === trim(nameOf(source))) return
  throw nfsFailure(
    'pool.occupied',
    `Something else is mounted at ${pool.path}`,
    `${present.source} (${present.type}) instead of ${nameOf(source)}`,
  )
}

/** Files below a mount would be hidden, and come back when it goes: the place must be empty. */
async function requireFree(pool: PoolRef): Promise<void> {
  await mkdir(pool.path, { recursive: true, mode: 0o755 })
  const names = await readdir(pool.path)
  if (names.length === 0) return
  throw nfsFailure('pool.occupied', `The directory ${pool.path} is not empty`, names.slice(0, 5).join(', '))
}

async function requireReachable({ runtime }: HostContext, source: NfsSource): Promise<void> {
  const version = await run('mount.nfs', ['-V'], { runtime, timeoutMs: 5000, accept: [0, 1] }).catch(errorText)
  if (typeof version === 'string') {
    throw nfsFailure('pool.client', 'The host cannot mount NFS: mount.nfs (package nfs-common) is missing', version)
  }
  const { state, seen } = await reachPort(runtime, source.server, source.port)
  if (state === 'open') return
  const what = state === 'refused' ? 'refuses NFS' : 'does not answer'
  throw nfsFailure(
    state === 'refused' ? 'pool.port' : 'pool.server',
    `The NFS server ${source.server} ${what} on port ${source.port}`,
    seen,
  )
}

/** Mounts with the newest version that the server speaks; answers what should be known of it. */
async function mount(
  runtime: Runtime,
  pool: PoolRef,
  source: NfsSource,
  given: string | undefined,
): Promise<string | undefined> {
  const own = (given ?? '').split(',').filter((option) => option !== '')
  const fixed = own.some((option) => /^(nfs)?vers=|^v[234]/.test(option))
  const base = ['nosuid', 'nodev', ...(source.port === 2049 ? [] : [`port=${source.port}`]), ...own]
  let refused = ''
  for (const version of fixed ? [undefined] : versions) {
    const options = [...base, ...(version === undefined ? [] : [`vers=${version}`])].join(',')
    try {
      await run('mount', ['-t', 'nfs', '-o', options, '--', nameOf(source), pool.path], { runtime, timeoutMs: mountMs })
      return version === '3'
        ? `${nameOf(source)} is mounted with NFS 3: the server speaks no 4.1 (${refused})`
        : undefined
    } catch (error) {
      const said = error instanceof AltoError ? `${error.message} ${error.seen ?? ''}` : errorText(error)
      // A mount that was given up may come up after all.
      if (/no end within/.test(said)) await unmount(runtime, pool.path)
      if (isVersionRefusal(said) && !fixed && version !== '3') {
        refused = said.trim().split('\n').at(-1) ?? ''
        continue
      }
      throw await explained(runtime, source, said)
    }
  }
  throw nfsFailure('pool.mount', `${nameOf(source)} could not be mounted`, refused)
}

/** Servers say "access denied" of exports that they do not have as well; their list tells. */
async function explained(runtime: Runtime, source: NfsSource, said: string): Promise<Error> {
  let code = mountFailureCode(said)
  let seen = said.trim()
  if (code === 'pool.denied') {
    const list = await run('showmount', ['-e', '--no-headers', source.server], {
      runtime,
      timeoutMs: showmountMs,
    }).catch(() => undefined)
    if (list !== undefined) {
      seen += `; exports: ${list.stdout.trim().split('\n').slice(0, 20).join('; ')}`
      if (!isExported(list.stdout, source.export)) {
        // Some servers show an export only to those whom they let in.
        code = 'pool.export'
        seen += `; ${source.export} is not among those that the server shows this host`
      }
    }
  }
  return nfsFailure(code, `${nameOf(source)} could not be mounted`, seen)
}

/** A file that root makes must belong to root. */
async function requireRoot(pool: PoolRef, source: NfsSource, hostUuid: string): Promise<void> {
  const path = join(pool.path, `.root-test.${hostUuid.slice(0, 8)}`)
  let uid: number
  try {
    const file = await open(path, 'w', 0o600)
    uid = await file.stat().then(
      (info) => info.uid,
      () => 0,
    )
    await file.close()
    await rm(path, { force: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const seen = errorText(error)
    if (code === 'EROFS') throw nfsFailure('pool.read-only', `${nameOf(source)} is exported read-only`, seen)
    if (code === 'ESTALE') throw nfsFailure('pool.stale', `${nameOf(source)} is stale`, seen)
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    throw nfsFailure(
      'pool.root-squashed',
      `root cannot write to ${nameOf(source)}: the export squashes root (no_root_squash is needed)`,
      seen,
    )
  }
  if (uid === 0) return
  throw nfsFailure(
    'pool.root-squashed',
    `${nameOf(source)} squashes root (no_root_squash is needed)`,
    `a file that root made belongs to uid ${uid}`,
  )
}

/** Unmounts; from a server that is gone, by force and in the background. The empty directory goes too. */
async function unmount(runtime: Runtime, path: string): Promise<void> {
  if (mountAt(path) !== undefined) {
    try {
      await run('umount', ['--', path], { runtime, timeoutMs: 15_000 })
    } catch (error) {
      if (mountAt(path) !== undefined) {
        if (/busy/.test(errorText(error))) {
          throw nfsFailure('volume.in-use', `Something on the host uses ${path}`, errorText(error))
        }
        await run('umount', ['-f', '-l', '--', path], { runtime, timeoutMs: 15_000 })
      }
    }
  }
  await rmdir(path).catch(() => {})
}
