import type { Queries } from '../db/database.ts'

/** How many there are of each kind of infrastructure. */
export async function infrastructureCounts(db: Queries) {
  const count = async (
    table: 'data_center' | 'host_pod_ref' | 'cluster' | 'storage_pool' | 'image_store' | 'mshost',
  ): Promise<number> => {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('removed', 'is', null)
      .executeTakeFirstOrThrow()
    return Number(row.n)
  }
  const hosts = await db
    .selectFrom('host')
    .select((eb) => [eb.fn.countAll<number>().as('n'), eb.fn.sum<number>('cpu_sockets').as('sockets')])
    .where('removed', 'is', null)
    .where('type', '=', 'Routing')
    .executeTakeFirstOrThrow()
  const alerts = await db
    .selectFrom('alert')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('archived', '=', 0)
    .executeTakeFirstOrThrow()
  return {
    zones: await count('data_center'),
    pods: await count('host_pod_ref'),
    clusters: await count('cluster'),
    hosts: Number(hosts.n),
    cpusockets: Number(hosts.sockets ?? 0),
    storagepools: await count('storage_pool'),
    imagestores: await count('image_store'),
    managementservers: await count('mshost'),
    alerts: Number(alerts.n),
  }
}
