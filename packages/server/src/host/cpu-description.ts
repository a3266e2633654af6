/** What libvirt says of a CPU: a model, its maker, and the features beyond the model. */
export type CpuDescription = {
  readonly model: string
  readonly vendor: string
  readonly features: ReadonlySet<string>
}

/**
 * Reads libvirt's `<cpu>` of a host (from its capabilities). Undefined for an empty one, as simulated hosts have.
 * The XML comes from our own agent and is only compared: nothing of it reaches a domain from here.
 */
export function readCpuDescription(xml: string): CpuDescription | undefined {
  const model = /<model\b[^>]*>([^<]+)<\/model>/.exec(xml)?.[1]?.trim()
  if (model === undefined) return undefined
  const vendor = /<vendor>([^<]+)<\/vendor>/.exec(xml)?.[1]?.trim() ?? ''
  const features = new Set<string>()
  for (const [tag] of xml.matchAll(/<feature\b[^>]*>/g)) {
    const name = /\bname=['"]([^'"]+)['"]/.exec(tag)?.[1]
    const policy = /\bpolicy=['"]([^'"]+)['"]/.exec(tag)?.[1]
    if (name !== undefined && policy !== 'disable' && policy !== 'forbid') features.add(name)
  }
  return { model, vendor, features }
}
