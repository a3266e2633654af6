import { hostRefusal, type PoolRef } from '@altostack/agent-api'
import { type AltoError, agentFailure, errorText, type Runtime } from '@altostack/core'
import { run } from '../process.ts'
import type { Lease } from './pool-lease.ts'

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

/** A program that changes metadata is over by then, whatever has become of this process. */
export const changeMs = 20_000
/** Longest wait for a program's end: well below the time for which work on a pool may go on. */
const commandMs = changeMs + 2000
const noQuestion = ['--yes', '--quiet', '--quiet'] as const

/** Runs one of LVM's programs. */
export async function lvm(runtime: Runtime, program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { runtime, timeoutMs: commandMs })).stdout
  } catch (error) {
    throw meaningOf(error)
  }
}

/** Changes metadata, which all hosts of the group share: only with the lease of its pool, and in the time of that. */
async function change(runtime: Runtime, lease: Lease, program: string, args: readonly string[]): Promise<void> {
  await lease.require()
  // A program that outlives this process ends in time as well.
  await lvm(runtime, 'timeout', ['-s', 'KILL', String(changeMs / 1000), program, ...args])
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
  if (/cannot be started|failed to run command/.test(said))
    return refuse('pool.client', 'The host lacks LVM (package lvm2)')
  if (/no end within|exit code 137|ended by SIGKILL/.test(said))
    return refuse('pool.unreachable', 'The disk of the pool does not answer')
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

/** Logical volumes of a group; with names those of them that are there. */
export async function listVolumes(
  runtime: Runtime,
  group: string,
  ...names: readonly string[]
): Promise<LogicalVolume[]> {
  const named = names.length === 0 ? '' : ` && (${names.map((name) => `lv_name=${name}`).join(' || ')})`
  const select = `vg_name=${group}${named}`
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
  program: 'vgs' | 'lvs' | 'pvs',
  key: 'vg' | 'lv' | 'pv',
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
  lease: Lease,
  group: string,
  volume: {
    readonly name: string
    readonly bytes: number
    readonly tags: Readonly<Record<string, string | number>>
  },
): Promise<void> {
  const size = ['-L', `${Math.max(volume.bytes, 4096)}b`, '-W', 'y', '-Z', 'y', '--setautoactivation', 'n']
  const tags = tagOptions('--addtag', volume.tags)
  await change(runtime, lease, 'lvcreate', [...noQuestion, ...size, ...tags, '-n', volume.name, group])
}

/** Makes a volume usable on this host, or (`-an`) no longer, or looks at its size again: no metadata is written. */
export async function switchVolume(
  runtime: Runtime,
  group: string,
  name: string,
  how: '-ay' | '-an' | '--refresh',
): Promise<void> {
  await lvm(runtime, 'lvchange', [...noQuestion, how, `${group}/${name}`])
}

/** Tags and permissions. */
export async function changeVolume(
  runtime: Runtime,
  lease: Lease,
  group: string,
  name: string,
  options: readonly string[],
): Promise<void> {
  await change(runtime, lease, 'lvchange', [...noQuestion, ...options, `${group}/${name}`])
}

export async function renameVolume(
  runtime: Runtime,
  lease: Lease,
  group: string,
  from: string,
  to: string,
): Promise<void> {
  await change(runtime, lease, 'lvrename', [...noQuestion, group, from, to])
}

/** Absent is success. */
export async function removeVolume(runtime: Runtime, lease: Lease, group: string, name: string): Promise<void> {
  if ((await listVolumes(runtime, group, name)).length === 0) return
  await change(runtime, lease, 'lvremove', [...noQuestion, '--force', `${group}/${name}`])
}

export async function extendVolume(
  runtime: Runtime,
  lease: Lease,
  group: string,
  name: string,
  bytes: number,
): Promise<void> {
  await change(runtime, lease, 'lvextend', [...noQuestion, '-L', `${bytes}b`, `${group}/${name}`])
}

/** Makes a volume group of an empty disk. Nothing of it is activated at boot. */
export async function createGroup(
  runtime: Runtime,
  lease: Lease,
  group: string,
  device: string,
  tag: string,
): Promise<void> {
  await change(runtime, lease, 'pvcreate', ['--yes', '--quiet', device])
  await change(runtime, lease, 'vgcreate', [
    ...['--yes', '--quiet', '--setautoactivation', 'n', '--addtag', tag],
    ...[group, device],
  ])
}

export async function tagGroup(
  runtime: Runtime,
  lease: Lease,
  group: string,
  option: '--addtag' | '--deltag',
  tag: string,
): Promise<void> {
  await change(runtime, lease, 'vgchange', ['--yes', option, tag, group])
}

/** The disks of the group are blank afterwards, for whoever comes next. */
export async function removeGroup(runtime: Runtime, lease: Lease, group: string): Promise<void> {
  const rows = await report(runtime, 'pvs', 'pv', ['pv_name'], ['--select', `vg_name=${group}`])
  await change(runtime, lease, 'vgremove', ['--yes', group])
  for (const { pv_name: device } of rows) {
    if (device !== undefined) await change(runtime, lease, 'pvremove', ['--yes', '--quiet', device])
  }
}
