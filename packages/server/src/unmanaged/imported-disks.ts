import type { AdoptedFile, UnmanagedGuest } from '@altostack/agent-api'
import { virtualMachineFailure } from '@altostack/core'
import type { Queries, Row } from '../db/database.ts'
import { hostPoolRef } from '../storage/index.ts'

type Disk = UnmanagedGuest['disks'][number]
/** A disk of a guest on the pool that has its file. */
export type PlacedDisk = {
  readonly disk: Disk
  readonly pool: Row<'storage_pool'>
  /** File name on the pool. */
  readonly name: string
  readonly sizeBytes: number
  readonly templateId: number | null
}
/** `what`: in words that follow the disk's name. */
type Trouble = { readonly what: string; readonly fix: string }

const uuidName = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The disks on the host's pools; throws naming the first that is not, or not as a volume can be. */
export async function placeDisks(db: Queries, hostId: number, guest: UnmanagedGuest): Promise<PlacedDisk[]> {
  if (guest.disks.length === 0) throw refused(guest, 'it has no disk', 'A virtual machine needs a root disk.')
  const placed: PlacedDisk[] = []
  for (const disk of guest.disks) {
    const judged = await placeDisk(db, hostId, guest, disk)
    if ('what' in judged) throw refused(guest, `disk ${disk.target} ${judged.what}`, judged.fix)
    placed.push(judged)
  }
  return placed
}

/** Everything that stands against an import, one line each. */
export async function importRefusals(db: Queries, hostId: number, guest: UnmanagedGuest): Promise<string[]> {
  const lines: string[] = []
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(guest.name)) lines.push(nameTrouble.what)
  if (guest.disks.length === 0) lines.push('it has no disk')
  for (const disk of guest.disks) {
    const judged = await placeDisk(db, hostId, guest, disk)
    if ('what' in judged) lines.push(`disk ${disk.target} ${judged.what}. ${judged.fix}`)
  }
  return lines
}

export const nameTrouble = {
  what: 'its name has other characters than letters, digits, dot, hyphen and underscore',
  fix: 'Rename it with virsh domrename.',
}

async function placeDisk(
  db: Queries,
  hostId: number,
  guest: UnmanagedGuest,
  disk: Disk,
): Promise<PlacedDisk | Trouble> {
  if (disk.seen !== undefined || disk.sizeBytes === undefined) {
    return { what: `cannot be read: ${disk.seen ?? 'no size'}`, fix: 'Only qcow2 and raw files are imported.' }
  }
  const pools = await db
    .selectFrom('storage_pool')
    .innerJoin('storage_pool_host_ref', 'storage_pool_host_ref.pool_id', 'storage_pool.id')
    .selectAll('storage_pool')
    .where('storage_pool_host_ref.host_id', '=', hostId)
    .where('storage_pool.removed', 'is', null)
    .where('storage_pool.status', '=', 'Up')
    .execute()
  const cut = disk.path.lastIndexOf('/')
  const [directory, name] = [disk.path.slice(0, cut), disk.path.slice(cut + 1)]
  const pool = pools.find((one) => hostPoolRef(one).path.replace(/\/+$/, '') === directory)
  if (pool === undefined) {
    const known = pools.map((one) => `${one.name} (${hostPoolRef(one).path})`).join(', ') || 'none'
    return {
      what: `is ${disk.path}, on no storage pool of its host`,
      fix: `Move the file to the directory of one and let the guest use it there (virsh edit). Pools: ${known}.`,
    }
  }
  if (guest.power !== 'PowerOff' && !uuidName.test(name)) {
    return {
      what: `is the file ${name}, which gets the name of its volume`,
      fix: 'Shut the guest down first: the file of a running one cannot be renamed.',
    }
  }
  if (disk.backing === undefined) return { disk, pool, name, sizeBytes: disk.sizeBytes, templateId: null }
  const template = await db
    .selectFrom('template_spool_ref')
    .innerJoin('vm_template', 'vm_template.id', 'template_spool_ref.template_id')
    .select('vm_template.id')
    .where('template_spool_ref.pool_id', '=', pool.id)
    .where('vm_template.uuid', '=', disk.backing)
    .executeTakeFirst()
  if (template !== undefined) return { disk, pool, name, sizeBytes: disk.sizeBytes, templateId: template.id }
  return {
    what: `is based on another file (${disk.backing})`,
    fix: 'Make it whole with qemu-img convert, while the guest is off.',
  }
}

export function refused(guest: { readonly name: string }, what: string, fix: string): Error {
  return virtualMachineFailure('virtual-machine.import-refused', `${guest.name} cannot be imported: ${what}`, {
    seen: what,
    fix,
  })
}

/** The file and the volume it becomes: a file that has a uuid as its name keeps it. */
export function adoptedFile(placed: PlacedDisk, newUuid: () => string): AdoptedFile {
  const { pool, name } = placed
  return { pool: hostPoolRef(pool), name, volumeUuid: uuidName.test(name) ? name : newUuid() }
}
