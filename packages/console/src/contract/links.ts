import type { Row } from './contract-types.ts'

/** Where an id's field leads: path of the resource, and the fields that may hold the name beside it. */
const links: Readonly<Record<string, { readonly path: string; readonly names: readonly string[] }>> = {
  zoneid: { path: 'zones', names: ['zonename', 'zone'] },
  podid: { path: 'pods', names: ['podname'] },
  clusterid: { path: 'clusters', names: ['clustername'] },
  hostid: { path: 'hosts', names: ['hostname'] },
  virtualmachineid: { path: 'virtual-machines', names: ['vmdisplayname', 'vmname', 'virtualmachinename'] },
  templateid: { path: 'templates', names: ['templatename', 'templatedisplaytext'] },
  serviceofferingid: { path: 'service-offerings', names: ['serviceofferingname'] },
  diskofferingid: { path: 'disk-offerings', names: ['diskofferingname'] },
  networkid: { path: 'networks', names: ['networkname', 'associatednetworkname'] },
  networkofferingid: { path: 'network-offerings', names: ['networkofferingname'] },
  physicalnetworkid: { path: 'physical-networks', names: [] },
  storageid: { path: 'storage-pools', names: ['storage'] },
  accountid: { path: 'accounts', names: ['account'] },
  domainid: { path: 'domains', names: ['domain'] },
  roleid: { path: 'roles', names: ['rolename'] },
  userid: { path: 'users', names: ['username'] },
}

const byName = new Map(
  Object.entries(links).flatMap(([id, { path, names }]) => names.map((name) => [name, { id, path }] as const)),
)

/** The page that a field's value leads to, e.g. of `hostname` by the `hostid` beside it. */
export function linkOf(field: string, row: Row): string | undefined {
  const named = byName.get(field)
  const id = named ? row[named.id] : links[field] ? row[field] : undefined
  const path = named?.path ?? links[field]?.path
  return typeof id === 'string' && id !== '' && path !== undefined ? `/${path}/${id}` : undefined
}

/** Whether the id stands beside its name and need not be shown itself. */
export function isShownByName(field: string, row: Row): boolean {
  return (links[field]?.names ?? []).some((name) => row[name] !== undefined && row[name] !== '')
}
