import { apiFailure, Bug } from '@altostack/core'
import type { Insertable } from 'kysely'
import type { Database, Queries, Row } from '../db/database.ts'
import type { VirtualMachine } from './vm.states.ts'

export async function insertVm(db: Queries, vm: Insertable<Database['vm_instance']>): Promise<number> {
  return Number((await db.insertInto('vm_instance').values(vm).executeTakeFirstOrThrow()).insertId)
}

export async function findVm(db: Queries, id: number): Promise<VirtualMachine | undefined> {
  return await db.selectFrom('vm_instance').selectAll().where('id', '=', id).executeTakeFirst()
}

/** For a workflow, whose VM cannot vanish while it holds the lock. */
export async function requireVm(db: Queries, id: number): Promise<VirtualMachine> {
  const vm = await findVm(db, id)
  if (vm === undefined) throw new Bug('a run names a virtual machine that is not there', { vm: id })
  return vm
}

/** Columns beside the state; the state has its own door. */
export async function updateVmColumns(
  db: Queries,
  id: number,
  set: Partial<Omit<VirtualMachine, 'id' | 'uuid' | 'state' | 'update_count'>>,
): Promise<void> {
  if (Object.keys(set).length > 0) await db.updateTable('vm_instance').set(set).where('id', '=', id).execute()
}

/** Throws the database's own error for a uuid that is in use. */
export async function updateVmUuid(db: Queries, id: number, uuid: string): Promise<void> {
  await db.updateTable('vm_instance').set({ uuid }).where('id', '=', id).execute()
}

export async function vmDetails(db: Queries, vmIds: readonly number[]): Promise<Map<number, Record<string, string>>> {
  const details = new Map<number, Record<string, string>>()
  if (vmIds.length === 0) return details
  const rows = await db
    .selectFrom('vm_instance_details')
    .select(['vm_id', 'name', 'value'])
    .where('vm_id', 'in', [...vmIds])
    .where('display', '=', 1)
    .execute()
  for (const row of rows) {
    const of = details.get(row.vm_id) ?? {}
    of[row.name] = row.value ?? ''
    details.set(row.vm_id, of)
  }
  return details
}

export async function replaceVmDetails(
  db: Queries,
  vmId: number,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  await db.deleteFrom('vm_instance_details').where('vm_id', '=', vmId).execute()
  const rows = Object.entries(details).map(([name, value]) => ({ vm_id: vmId, name, value }))
  if (rows.length > 0) await db.insertInto('vm_instance_details').values(rows).execute()
}

/** The template it was made of, removed or not; undefined for one without. */
export async function templateOfVm(
  db: Queries,
  vm: Pick<VirtualMachine, 'vm_template_id'>,
): Promise<Row<'vm_template'> | undefined> {
  if (vm.vm_template_id === null) return undefined
  return await db.selectFrom('vm_template').selectAll().where('id', '=', vm.vm_template_id).executeTakeFirst()
}

/** The live run that holds the VM's lock, if any. */
export async function runOfVm(db: Queries, vmId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('workflow_lock')
    .select('run_id')
    .where('lock_key', '=', vmLock(vmId))
    .executeTakeFirst()
  return row?.run_id
}

/** For changes without a run: throws 536 while a run holds the VM. */
export async function requireUnlocked(db: Queries, vm: VirtualMachine): Promise<void> {
  const run = await runOfVm(db, vm.id)
  if (run === undefined) return
  throw apiFailure('api.in-use', `Another operation on ${vm.name} is still running`, {
    seen: `run ${run}`,
    fix: 'Wait until it ends, or cancel its job.',
    entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
  })
}

/** At most one live run a VM. */
export function vmLock(vmId: number): string {
  return `vm:${vmId}`
}
