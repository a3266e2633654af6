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

/** Places hold things; offerings and their like may be filtered by a place and do not belong to it. */
function belongs(_parent: Resource, child: Resource): boolean {
  return !/Offerings$|^listConfigurations$|^listEvents$/.test(child.list)
}
