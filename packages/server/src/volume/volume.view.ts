import type { ResponseValue, volumeResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { rateFields } from '../offering/index.ts'
import { diskUsage, fieldOf, percentText, type Stats } from '../stats/index.ts'
import { withTags } from '../tag/index.ts'
import { selectVolumeRows, type VolumeListRow } from './volume-list.repository.ts'

export type VolumeView = ResponseValue<typeof volumeResponse>

/**
 * Volumes as answers: a fixed number of queries, whatever the length of the page. `stats`: where what they use comes from;
 * nothing of it is shown without.
 */
export async function volumeViews(db: Queries, ids: readonly number[], stats?: Stats): Promise<VolumeView[]> {
  const views = (await selectVolumeRows(db, ids)).map((row) => ({ ...view(row), ...usageOf(row, stats) }))
  return await withTags(db, views)
}

function usageOf(row: VolumeListRow, stats: Stats | undefined): VolumeView {
  const latest = row.vm_state === 'Running' ? stats?.latest('volume', row.id) : undefined
  if (latest === undefined) return {}
  const used = fieldOf('volume', latest.sample, 'used')
  return {
    ...diskUsage('volume', latest.sample, latest.spanMs),
    ...(used === undefined
      ? {}
      : { physicalsize: Math.round(used), utilization: percentText((used / Math.max(1, row.size)) * 100) }),
  }
}

function view(row: VolumeListRow): VolumeView {
  const root = row.volume_type === 'ROOT'
  return {
    id: row.uuid,
    name: row.name,
    zoneid: row.zone_uuid,
    zonename: row.zone_name,
    type: row.volume_type,
    deviceid: row.device_id,
    virtualmachineid: row.vm_uuid,
    vmname: row.vm_name,
    vmdisplayname: row.vm_display_name,
    vmstate: row.vm_state,
    vmtype: row.vm_type,
    templateid: row.template_uuid,
    templatename: row.template_name,
    templatedisplaytext: row.template_text,
    provisioningtype: row.provisioning_type,
    size: row.size,
    virtualsize: row.size,
    physicalsize: row.physical_size,
    created: row.created,
    attached: row.attached,
    state: row.state,
    status: row.state === 'UploadError' ? (row.upload_error ?? row.state) : row.state,
    account: row.account_name,
    domainid: row.domain_uuid,
    domain: row.domain_name,
    domainpath: row.domain_path === null ? null : `ROOT${row.domain_path.replace(/\/$/, '')}`,
    storagetype: row.pool_scope === 'HOST' ? 'local' : 'shared',
    hypervisor: row.hypervisor_type ?? row.template_hypervisor,
    // A root disk shows its service offering, a data disk its disk offering.
    ...(root
      ? {
          serviceofferingid: row.offering_uuid,
          serviceofferingname: row.offering_name,
          serviceofferingdisplaytext: row.offering_text,
        }
      : { diskofferingid: row.disk_uuid, diskofferingname: row.disk_name, diskofferingdisplaytext: row.disk_text }),
    storage: row.pool_name,
    storageid: row.pool_uuid,
    path: row.path,
    clusterid: row.cluster_uuid,
    clustername: row.cluster_name,
    podid: row.pod_uuid,
    podname: row.pod_name,
    ...rateFields(row),
    destroyed: row.state === 'Destroy',
    isextractable: row.extractable === 1,
    displayvolume: row.display_volume === 1,
    deleteprotection: row.delete_protection === 1,
    supportsstoragesnapshot: false,
  }
}
