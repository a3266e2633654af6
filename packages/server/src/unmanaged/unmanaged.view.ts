import type { ResponseValue, unmanagedInstanceResponse } from '@altostack/api'
import type { Queries } from '../db/database.ts'
import { importRefusals } from './imported-disks.ts'
import type { FoundGuest } from './unmanaged.service.ts'

type View = ResponseValue<typeof unmanagedInstanceResponse>

export async function unmanagedViews(
  db: Queries,
  cluster: { readonly uuid: string; readonly name: string },
  found: readonly FoundGuest[],
): Promise<View[]> {
  const views: View[] = []
  for (const { host, guest } of found) {
    views.push({
      name: guest.name,
      clusterid: cluster.uuid,
      clustername: cluster.name,
      hostid: host.uuid,
      hostname: host.name,
      hypervisor: host.hypervisor_type,
      hypervisorversion: host.hypervisor_version,
      powerstate: guest.power,
      cpunumber: guest.cpus,
      cpucorepersocket: guest.cpus,
      cpuspeed: 0,
      memory: Math.round(guest.memoryBytes / 1024 ** 2),
      bootmode: 'LEGACY',
      boottype: guest.bootMode,
      disk: guest.disks.map((disk, position) => ({
        id: disk.target,
        label: disk.target,
        capacity: disk.sizeBytes ?? 0,
        imagepath: disk.path,
        controller: disk.bus,
        position,
        datastorepath: disk.path.slice(0, Math.max(disk.path.lastIndexOf('/'), 0)),
      })),
      nic: guest.nics.map(({ mac, model, bridge }, index) => ({
        id: String(index),
        macaddress: mac,
        adaptertype: model,
        networkname: bridge,
      })),
      refusals: await importRefusals(db, host.id, guest),
    })
  }
  return views
}
