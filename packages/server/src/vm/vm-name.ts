import { apiFailure, virtualMachineFailure } from '@altostack/core'
import type { Queries } from '../db/database.ts'

/** Throws unless the name is a DNS label that begins with a letter. */
export function requireHostName(name: string): string {
  if (/^[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name)) return name
  throw virtualMachineFailure(
    'virtual-machine.name',
    `Invalid name ${name}: letters, digits and hyphens, at most 63, beginning with a letter and not ending with a hyphen`,
    { seen: name },
  )
}

/** Throws when another VM with a NIC in one of the networks has the name: their guests could not tell them apart. */
export async function requireFreeHostName(
  db: Queries,
  name: string,
  networkIds: readonly number[],
  exceptVmId?: number,
): Promise<void> {
  if (networkIds.length === 0) return
  let query = db
    .selectFrom('vm_instance')
    .innerJoin('nics', 'nics.instance_id', 'vm_instance.id')
    .innerJoin('networks', 'networks.id', 'nics.network_id')
    .select(['vm_instance.uuid', 'networks.name as network'])
    .where('vm_instance.name', '=', name)
    .where('vm_instance.removed', 'is', null)
    .where('nics.removed', 'is', null)
    .where('nics.network_id', 'in', [...networkIds])
  if (exceptVmId !== undefined) query = query.where('vm_instance.id', '!=', exceptVmId)
  const other = await query.executeTakeFirst()
  if (other === undefined) return
  throw virtualMachineFailure(
    'virtual-machine.name',
    `The vm with hostName ${name} already exists in the network ${other.network}`,
    { seen: name, entities: [{ uuid: other.uuid, description: 'virtual machine' }] },
  )
}

/** Base64 data of at most `maxBytes` after decoding. Throws 431. */
export function requireUserData(userData: string, maxBytes: number): string {
  const clean = userData.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(clean)) throw apiFailure('api.parameter', 'userdata is not Base64')
  const bytes = Math.floor((clean.replace(/=+$/, '').length * 3) / 4)
  if (bytes > maxBytes) {
    throw apiFailure('api.parameter', `userdata has ${bytes} bytes; the limit is ${maxBytes}`, {
      fix: 'Shorten it, or raise vm.userdata.max.length.',
    })
  }
  return clean
}
