import type { GuestData, Params } from '@altostack/agent-api'
import type { ServerContext } from '../context.ts'
import type { Queries } from '../db/database.ts'
import { guestNetworkVersion } from './work.repository.ts'

export const guestPasswordPurpose = 'vm_guest_data.password'

/** What the guests are told about themselves; machines that are gone are left out. */
export async function guestDataOf(
  db: Queries,
  ctx: ServerContext,
  vmIds: readonly number[],
): Promise<Params<'network.apply'>['guests']> {
  if (vmIds.length === 0) return []
  const version = await guestNetworkVersion(db)
  const rows = await db
    .selectFrom('vm_instance')
    .innerJoin('data_center', 'data_center.id', 'vm_instance.data_center_id')
    .innerJoin('service_offering', 'service_offering.id', 'vm_instance.service_offering_id')
    .leftJoin('vm_guest_data', 'vm_guest_data.vm_id', 'vm_instance.id')
    .select([
      'vm_instance.uuid',
      'vm_instance.instance_name',
      'vm_instance.name',
      'vm_instance.user_data',
      'data_center.name as zone',
      'data_center.uuid as zoneUuid',
      'service_offering.name as offering',
      'vm_guest_data.public_keys',
      'vm_guest_data.password',
    ])
    .where('vm_instance.id', 'in', [...vmIds])
    .execute()
  return rows.map((row) => ({
    instanceName: row.instance_name,
    data: {
      version,
      instanceId: row.uuid,
      hostName: row.name,
      publicKeys: (row.public_keys ?? '').split('\n').filter((line) => line !== ''),
      availabilityZone: row.zone,
      serviceOffering: row.offering,
      cloudIdentifier: `CloudStack-{${row.zoneUuid}}`,
      ...(row.user_data === null || row.user_data === '' ? {} : { userData: standardBase64(row.user_data) }),
      ...(row.password === null ? {} : { password: ctx.secrets.open(guestPasswordPurpose, row.password) }),
    } satisfies GuestData,
  }))
}

/** Whether one of its networks gives user data on a config drive, as its offering says. */
export async function hasConfigDrive(db: Queries, vmId: number): Promise<boolean> {
  const found = await db
    .selectFrom('nics')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .innerJoin(
      'ntwk_offering_service_map',
      'ntwk_offering_service_map.network_offering_id',
      'networks.network_offering_id',
    )
    .select('nics.id')
    .where('nics.instance_id', '=', vmId)
    .where('nics.removed', 'is', null)
    .where('ntwk_offering_service_map.service', '=', 'UserData')
    .where('ntwk_offering_service_map.provider', '=', 'ConfigDrive')
    .limit(1)
    .execute()
  return found.length > 0
}

function standardBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/')
}
