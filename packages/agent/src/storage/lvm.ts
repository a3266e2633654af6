import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { type AltoError, agentFailure, errorText, type Runtime } from '@altostack/core'
import { run } from '../process.ts'

export type VolumeGroup = {
  readonly sizeBytes: number
  readonly freeBytes: number
  readonly tags: readonly string[]
}
export type LogicalVolume = {
  readonly name: string
  readonly sizeBytes: number
  readonly tags: ReadonlyMap<string, string>
  readonly active: boolean
  /** Something on this host has it open. */
  readonly open: boolean
}

/** Well below the time for which work on a pool may go on. */
const commandMs = 20_000
const noQuestion = ['--yes', '--quiet', '--quiet'] as const

/** Runs one of LVM's programs; `accept` 5 is its answer for "not found". */
export async function lvm(runtime: Runtime, program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { runtime, timeoutMs: commandMs })).stdout
  } catch (error) {
    throw meaningOf(error)
  }
}

/** What LVM's words mean, by name. */
function meaningOf(error: unknown): unknown {
  const said = `${errorText(error)} ${(error as Partial<AltoError>).seen ?? ''}`
  const refuse = (code: 'pool.full' | 'volume.in-use' | 'pool.client' | 'pool.unreachable', message: string): Error =>
    hostRefusal(agentFailure(code, message, { seen: said.slice(0, 500) }))
  if (/insufficient free space|Insufficient suitable/i.test(said)) return refuse('pool.full', 'The pool is full')
  if (/in use|is used by another device|contains a filesystem/i.test(said)) {
    return refuse('volume.in-use', 'The volume is open on this host')
  }
  if (/cannot be started/.test(said)) return refuse('pool.client', 'The host lacks LVM (package lvm2)')
  if (/no end within/.test(said)) return refuse('pool.unreachable', 'The disk of the pool does not answer')
  return error
}

/** Name of the pool's volume group. */
export function groupOf(pool: PoolRef): string {
  return pool.path.replace(/^\/dev\//, '')
}

/** Says whose volume group it is, as the marker file does of a directory. */
export function poolTag(pool: PoolRef): string {
  return `alto.pool=${pool.uuid}`
}

/** The volume group if this host sees it. */
export async function findGroup(runtime: Runtime, name: string): Promise<VolumeGroup | undefined> {
  const [row] = await report(
    runtime,
    'vgs',
    'vg',
    ['vg_name', 'vg_size', 'vg_free', 'vg_tags'],
    ['--select', `vg_name=${name}`],
  )
  if (row === undefined) return undefined
  return {
    sizeBytes: Number(row.vg_size),
    freeBytes: Number(row.vg_free),
    tags: (row.vg_tags ?? '').split(',').filter((tag) => tag !== ''),
  }
}

/** Logical volumes of a group; with `name` that one if it is there. */
export async function listVolumes(runtime: Runtime, group: string, name?: string): Promise<LogicalVolume[]> {
  const select = `vg_name=${group}${name === undefined ? '' : ` && lv_name=${name}`}`
  const fields = ['lv_name', 'lv_size', 'lv_tags', 'lv_active', 'lv_device_open']
  const rows = await report(runtime, 'lvs', 'lv', fields, ['--select', select])
  return rows.map((row) => ({
    name: row.lv_name ?? '',
    sizeBytes: Number(row.lv_size),
    tags: parseTags(row.lv_tags ?? ''),
    active: row.lv_active === 'active',
    open: row.lv_device_open === 'open',
  }))
}

async function report(
  runtime: Runtime,
  program: 'vgs' | 'lvs',
  key: 'vg' | 'lv',
  fields: readonly string[],
  more: readonly string[],
): Promise<Readonly<Record<string, string>>[]> {
  const options = ['--reportformat', 'json', '--units', 'b', '--nosuffix', '-o', fields.join(',')]
  const text = await lvm(runtime, program, [...options, ...more])
  const parsed = JSON.parse(text) as { readonly report?: readonly Record<string, Record<string, string>[]>[] }
  return parsed.report?.[0]?.[key] ?? []
}

const prefix = 'alto.'

/** `alto.kind=volume,alto.size=1024` as a map without the prefix; tags of others are left out. */
export function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>()
  for (const tag of text.split(',')) {
    const at = tag.indexOf('=')
    if (tag.startsWith(prefix) && at > 0) tags.set(tag.slice(prefix.length, at), tag.slice(at + 1))
  }
  return tags
}

/** Options that add or take away tags. */
export function tagOptions(option: '--addtag' | '--deltag', tags: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(tags).flatMap(([name, value]) => [option, `${prefix}${name}=${value}`])
}

/** Makes an active logical volume whose first bytes are zero. It is activated by nobody but us: not at boot. */
export async function createVolume(
  runtime: Runtime,
  group: string,
  name: string,
  bytes: number,
  tags: Readonly<Record<string, string | number>>,
): Promise<void> {
  const size = ['-L', `${Math.max(bytes, 4096)}b`, '-W', 'y', '-Z', 'y', '--setautoactivation', 'n']
  await lvm(runtime, 'lvcreate', [...noQuestion, ...size, ...tagOptions('--addtag', tags), '-n', name, group])
}

export async function changeVolume(
  runtime: Runtime,
  group: string,
  name: string,
  options: readonly string[],
): Promise<void> {
  await lvm(runtime, 'lvchange', [...noQuestion, ...options, `${group}/${name}`])
}

export async function renameVolume(runtime: Runtime, group: string, from: string, to: string): Promise<void> {
  await lvm(runtime, 'lvrename', [...noQuestion, group, from, to])
}

/** Absent is success. */
export async function removeVolume(runtime: Runtime, group: string, name: string): Promise<void> {
  if ((await listVolumes(runtime, group, name)).length === 0) return
  await lvm(runtime, 'lvremove', [...noQuestion, '--force', `${group}/${name}`])
}

export async function extendVolume(runtime: Runtime, group: string, name: string, bytes: number): Promise<void> {
  await lvm(runtime, 'lvextend', [...noQuestion, '-L', `${bytes}b`, `${group}/${name}`])
}
