import type { Resource } from './resources.ts'

/** What belongs to an object: lists that take its id to be narrowed by, e.g. hosts by `clusterid`. */
export type Children = { readonly resource: Resource; readonly by: string }

export function childrenOf(parent: Resource, resources: readonly Resource[]): readonly Children[] {
  const name = `${parent.entity.toLowerCase()}id`
  const names = new Set([name, ...(parent.entity === 'StoragePool' ? ['storageid'] : [])])
  return resources.flatMap((resource) => {
    if (resource.list === parent.list) return []
    const param = resource.command.params.find(
      (candidate) =>
        names.has(candidate.name) &&
        candidate.unsupported === undefined &&
        (candidate.related ?? '').split(',').includes(parent.list),
    )
    return param && belongs(parent, resource) ? [{ resource, by: param.name }] : []
  })
}

/** Places hold things; what may be filtered by a thing does not belong to it by that. */
const outward = ['listZones', 'listPods', 'listClusters', 'listHosts', 'listVirtualMachines', 'listVolumes']
function belongs(parent: Resource, child: Resource): boolean {
  if (/Offerings$|^listEvents$|ForwardingRules$|^listAffinityGroups$|^listSecurityGroups$/.test(child.list))
    return false
  const [outer, inner] = [outward.indexOf(parent.list), outward.indexOf(child.list)]
  return outer === -1 || inner === -1 || inner > outer
}
