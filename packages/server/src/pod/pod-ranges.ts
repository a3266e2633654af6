/** One reserved range of a pod, as CloudStack keeps it in `host_pod_ref.description`. */
export type PodRange = {
  readonly start: string
  readonly end: string
  readonly forSystemVms: boolean
  readonly vlan: string
}

/** Reads `start-end-forSystemVms-vlan`, comma separated. */
export function parsePodRanges(description: string | null): PodRange[] {
  if (!description) return []
  return description.split(',').map((text) => {
    const [start = '', end = '', forSystemVms = '0', vlan = 'untagged'] = text.split('-')
    return { start, end: end === '' ? start : end, forSystemVms: forSystemVms === '1', vlan }
  })
}

export function formatPodRanges(ranges: readonly PodRange[]): string {
  return ranges.map((range) => `${range.start}-${range.end}-${range.forSystemVms ? 1 : 0}-${range.vlan}`).join(',')
}
