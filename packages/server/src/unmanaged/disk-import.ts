import { type importVm, mapEntries } from '@altostack/api'
import { apiFailure, volumeFailure } from '@altostack/core'
import { resolveOwner } from '../account/owner.ts'
import type { ChangeCall } from '../command/handler.ts'
import type { Queries, Row } from '../db/database.ts'
import { requireHostName } from '../vm/index.ts'
import { chooseSite } from '../volume/index.ts'
import { readFileName, requireFilePool } from './loose-volumes.ts'
import type { VmImportDiskInput } from './workflows/vm-import-disk.ts'

type Call = ChangeCall<typeof importVm>

/** The request with every name resolved; throws 431 for what does not exist or fit, before any host is asked. */
export async function readDiskImport(
  call: Call,
): Promise<{ readonly pool: Row<'storage_pool'>; readonly input: VmImportDiskInput }> {
  const { tx, ctx, caller, input, entities } = call
  const { clusterid: cluster, zoneid: zone, serviceofferingid: offering, networkid: network } = entities
  const bad = (text: string): Error => apiFailure('api.parameter', text)
  const source = input.importsource.toLowerCase()
  if (source !== 'shared' && source !== 'local') {
    throw bad('importsource is shared or local: copy the disk of another host to a pool first')
  }
  if (cluster.hypervisor_type !== input.hypervisor) {
    throw bad(`Cluster ${cluster.name} runs ${cluster.hypervisor_type}, not ${input.hypervisor}`)
  }
  if (input.diskpath === undefined) throw bad('diskpath names the file of the disk')
  if (network === undefined) throw bad('networkid names the network of its NIC')
  if (cluster.data_center_id !== zone.id) throw bad(`Cluster ${cluster.name} is not in zone ${zone.name}`)
  const pool = entities.storageid ?? (await localPool(tx, source, entities.hostid))
  requireFilePool(pool)
  if (pool.data_center_id !== zone.id) throw bad(`Pool ${pool.name} is not in zone ${zone.name}`)
  if ((source === 'local') !== (pool.scope === 'HOST')) throw bad(`Pool ${pool.name} is not ${source} storage`)
  const site = await chooseSite(tx, ctx, undefined, [pool.id])
  const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
  const details = Object.fromEntries(Object.entries(mapEntries(input.details)))
  const size = (fixed: number | null, name: string): number => {
    if (fixed !== null && fixed > 0) return fixed
    const value = Number(details[name])
    if (Number.isInteger(value) && value > 0) return value
    throw bad(`Service offering ${offering.name} leaves it open: give ${name} in the details`)
  }
  return {
    pool,
    input: {
      poolId: pool.id,
      fileName: readFileName(pool, input.diskpath),
      networkId: network.id,
      cpus: size(offering.cpu, 'cpuNumber'),
      memoryMib: size(offering.ram_size, 'memory'),
      bus: details.rootDiskController ?? 'virtio',
      site,
      wish: {
        clusterId: cluster.id,
        name: input.name,
        displayName: input.displayname ?? input.name,
        hostName: requireHostName(input.hostname ?? input.name),
        accountId: owner.accountId,
        userId: caller.userId,
        offeringId: offering.id,
        templateId: entities.templateid?.id ?? null,
        details,
      },
    },
  }
}

async function localPool(
  db: Queries,
  source: string,
  host: { readonly id: number; readonly name: string } | undefined,
): Promise<Row<'storage_pool'>> {
  if (source === 'shared') throw apiFailure('api.parameter', 'storageid names the pool of the file')
  if (host === undefined) throw apiFailure('api.parameter', 'storageid or hostid names where the file is')
  const pools = await db
    .selectFrom('storage_pool')
    .selectAll()
    .where('host_id', '=', host.id)
    .where('removed', 'is', null)
    .execute()
  const [one, other] = pools
  if (one !== undefined && other === undefined) return one
  throw volumeFailure('volume.import-refused', `Host ${host.name} has ${pools.length} local pools`, {
    fix: 'Name one in storageid.',
  })
}
