import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hostRefusal, type PoolRef, type Result } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { placeFile } from './place-file.ts'

/** Says which pool a directory is: the same on every host that has the same storage there. */
export const markerName = '.altostack-pool'
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function volumePath(pool: PoolRef, uuid: string): string {
  return join(pool.path, uuid)
}

/** Copies of templates and volumes share the directory, as in CloudStack; this small record tells a copy from a volume. */
export function templateRecordPath(pool: PoolRef, uuid: string): string {
  return join(pool.path, `.template-${uuid}`)
}

export function partialPath(pool: PoolRef, uuid: string, hostUuid: string): string {
  return join(pool.path, `.${uuid}.${hostUuid.slice(0, 8)}.partial`)
}

/** Makes sure that the path is this pool; with `create` an unmarked directory becomes it. */
export async function claimPool(pool: PoolRef, create: boolean, hostUuid: string): Promise<void> {
  if (create) await mkdir(pool.path, { recursive: true, mode: 0o755 })
  const info = await stat(pool.path).catch((error: unknown) => {
    throw refuse('pool.path', pool, errorText(error))
  })
  if (!info.isDirectory()) throw refuse('pool.path', pool, 'not a directory')
  await tryWrite(pool, hostUuid)
  if (create) {
    const temporary = join(pool.path, `${markerName}.${hostUuid.slice(0, 8)}`)
    await placeFile(temporary, join(pool.path, markerName), `${JSON.stringify({ pool: pool.uuid })}\n`)
  }
  await requireMarker(pool)
}

/** Refuses a path that is not this pool now: below a file system that was unmounted lies another directory. */
export async function requireMarker(pool: PoolRef): Promise<void> {
  const found = await readMarker(pool)
  if (found === pool.uuid) return
  throw refuse('pool.marker', pool, found === undefined ? `no ${markerName}` : `${markerName} of pool ${found}`)
}

/** Takes the marker away where no image is left, so that the place may become another pool. */
export async function releasePool(pool: PoolRef): Promise<void> {
  if ((await readMarker(pool)) !== pool.uuid) return
  const left = await listPool(pool)
  if (left.some((file) => file.kind === 'volume' || file.kind === 'template')) return
  await rm(join(pool.path, markerName), { force: true })
}

async function readMarker(pool: PoolRef): Promise<string | undefined> {
  try {
    const marker: unknown = JSON.parse(await readFile(join(pool.path, markerName), 'utf8'))
    return String((marker as { pool?: unknown }).pool)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw refuse('pool.marker', pool, errorText(error))
  }
}

async function tryWrite(pool: PoolRef, hostUuid: string): Promise<void> {
  const path = join(pool.path, `.write-test.${hostUuid.slice(0, 8)}`)
  try {
    const file = await open(path, 'w', 0o600)
    await file.writeFile('x').finally(() => file.close())
    await rm(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'pool.full' : 'pool.read-only'
    throw refuse(code, pool, errorText(error))
  }
}

/** Files of the pool by kind; names that are not ours are `other`. */
export async function listPool(pool: PoolRef): Promise<Result<'pool.list'>['files']> {
  const names = await readdir(pool.path)
  const templates = new Set(names.filter((name) => name.startsWith('.template-')).map((name) => name.slice(10)))
  const files: Result<'pool.list'>['files'] = []
  for (const name of names) {
    if (name === markerName || (name.startsWith('.template-') && names.includes(name.slice(10)))) continue
    const info = await stat(join(pool.path, name)).catch(() => undefined)
    if (info?.isFile() !== true) continue
    const kind = uuidPattern.test(name)
      ? templates.has(name)
        ? 'template'
        : 'volume'
      : name.startsWith('.') && name.endsWith('.partial')
        ? 'partial'
        : 'other'
    files.push({ name, kind, sizeBytes: info.size, modified: Math.round(info.mtimeMs) })
  }
  return files
}

function refuse(
  code: 'pool.path' | 'pool.read-only' | 'pool.full' | 'pool.marker',
  pool: PoolRef,
  seen: string,
): Error {
  return hostRefusal(agentFailure(code, `The path ${pool.path} cannot be used as pool`, { seen }))
}
