import type { Tx } from '../db/database.ts'
import { insertAll } from './insert-all.ts'
import type { SeedContext } from './seed.ts'

const gib = 1024 ** 3

/** The service offerings and disk offerings of a fresh CloudStack. */
export async function seedOfferings(tx: Tx, { runtime, now }: SeedContext): Promise<void> {
  const compute = [
    { id: 1, name: 'Small Instance', unique_name: 'Cloud.Com-Small Instance', cpu: 1, speed: 500, ram_size: 512 },
    { id: 2, name: 'Medium Instance', unique_name: 'Cloud.Com-Medium Instance', cpu: 1, speed: 1000, ram_size: 1024 },
  ]
  const disks = [
    { id: 3, name: 'Small', display_text: 'Small Disk, 5 GB', gb: 5, custom: 0 },
    { id: 4, name: 'Medium', display_text: 'Medium Disk, 20 GB', gb: 20, custom: 0 },
    { id: 5, name: 'Large', display_text: 'Large Disk, 100 GB', gb: 100, custom: 0 },
    { id: 6, name: 'Custom', display_text: 'Custom Disk', gb: 0, custom: 1 },
  ]
  await insertAll(tx, 'disk_offering', [
    // Each service offering has the disk offering of its root disks.
    ...compute.map(({ id, name, unique_name }) => ({
      id,
      uuid: runtime.uuid(),
      name,
      unique_name,
      display_text: name,
      disk_size: 0,
      type: 'Service',
      customized: 0,
      display_offering: 0,
      compute_only: 1,
      created: now,
    })),
    ...disks.map(({ id, name, display_text, gb, custom }) => ({
      id,
      uuid: runtime.uuid(),
      name,
      unique_name: `Cloud.com-${name}`,
      display_text,
      disk_size: gb * gib,
      type: 'Disk',
      customized: custom,
      display_offering: 1,
      compute_only: 0,
      created: now,
    })),
  ])
  await insertAll(
    tx,
    'service_offering',
    compute.map(({ id, ...rest }) => ({
      id,
      uuid: runtime.uuid(),
      ...rest,
      display_text: rest.name,
      default_use: 1,
      disk_offering_id: id,
      created: now,
    })),
  )
}
