import type { Json } from '@altostack/core'
import { type LawWorld, workflowLaws } from '@altostack/testkit'
import type { ServerContext } from '../context.ts'
import { makeVolumeWorld, type VolumeWorld } from '../testing/volume-world.ts'
import { type CdromInput, vmCdromWorkflow } from './workflows/vm-cdrom.ts'

type World = VolumeWorld & { readonly input: CdromInput }

/** A running VM whose drive is empty or has one ISO; a second one is on the image store alone. */
async function makeWorld(change: 'insert' | 'replace' | 'eject'): Promise<World> {
  const world = await makeVolumeWorld({ attached: true })
  const { model, zone, vm, volume } = world
  const { db } = world.ctx
  await db.updateTable('volumes').set({ volume_type: 'ROOT', device_id: 0 }).where('id', '=', volume.id).execute()
  const [first, second] = [await insertIso(world, 'one'), await insertIso(world, 'two')]
  const beforeId = change === 'insert' ? null : first.id
  const guest = model.hosts.get(zone.hosts[0]!.id)!.guests.get(vm.instance_name)!
  if (beforeId !== null) {
    const copy = { pool_id: zone.pool.id, template_id: first.id, template_size: 1000 }
    await db
      .insertInto('template_spool_ref')
      .values({ ...copy, state: 'Ready', created: 1, last_updated: 1 })
      .execute()
    await db
      .updateTable('storage_pool')
      .set((eb) => ({ allocated_bytes: eb('allocated_bytes', '+', 1000) }))
      .where('id', '=', zone.pool.id)
      .execute()
    await db.updateTable('vm_instance').set({ iso_id: first.id }).where('id', '=', vm.id).execute()
    model.files.get(zone.pool.uuid)!.add(first.uuid)
    guest.cdrom = first.uuid
  }
  const input = {
    vmId: vm.id,
    hostId: vm.host_id,
    isoId: change === 'eject' ? null : second.id,
    beforeId,
    force: false,
  }
  return { ...world, input, observe: () => observe(world) }
}

async function insertIso(world: VolumeWorld, name: string): Promise<{ id: number; uuid: string }> {
  const uuid = world.ctx.runtime.uuid()
  const { insertId } = await world.ctx.db
    .insertInto('vm_template')
    .values({ uuid, name, display_text: name, format: 'ISO', account_id: 2, domain_id: 1, guest_os_id: 1, created: 1 })
    .executeTakeFirstOrThrow()
  await world.ctx.db
    .insertInto('template_store_ref')
    .values({
      template_id: Number(insertId),
      download_state: 'DOWNLOADED',
      size: 1000,
      physical_size: 1000,
      sha256: 'a'.repeat(64),
      created: 1,
      last_updated: 1,
    })
    .execute()
  return { id: Number(insertId), uuid }
}

/** What the row says beside what is in the guest. A copy that was brought stays: it serves the next one. */
async function observe({ ctx, model, vm, zone }: VolumeWorld): Promise<Json> {
  const row = await ctx.db
    .selectFrom('vm_instance')
    .leftJoin('vm_template', 'vm_template.id', 'vm_instance.iso_id')
    .select(['vm_template.uuid', 'vm_template.name'])
    .where('vm_instance.id', '=', vm.id)
    .executeTakeFirstOrThrow()
  const seen = model.hosts.get(zone.hosts[0]!.id)!.guests.get(vm.instance_name)?.cdrom
  return { row: row.name, agree: (row.uuid ?? undefined) === seen }
}

const both = { succeeds: ['do bring', 'do change'], unwinds: ['do bring', 'do change', 'undo change'] }
const journals = {
  insert: both,
  replace: both,
  eject: { succeeds: ['do change'], unwinds: ['do change', 'undo change'] },
}

for (const change of ['insert', 'replace', 'eject'] as const) {
  workflowLaws(vmCdromWorkflow, {
    makeWorld: () => makeWorld(change),
    input: (world: LawWorld<ServerContext>) => (world as World).input,
    lockKey: 'vm:1',
    journal: journals[change],
  })
}
