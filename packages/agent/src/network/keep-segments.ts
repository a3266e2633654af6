import { errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'

const everyMs = 60_000

/**
 * Compares the bridges of VLANs and VXLANs with the guests that run: at the start, and now and then, since a guest may
 * end by itself and an administrator may remove an interface. Answers how to stop.
 */
export async function keepSegments(context: HostContext): Promise<() => void> {
  let stopped = false
  let cancel = (): void => {}
  const look = async (): Promise<void> => {
    try {
      if (context.libvirt.up()) await settleSegments(context)
    } catch (error) {
      context.log.warn({ error: errorText(error) }, 'the bridges of guest networks could not be looked at')
    }
    if (!stopped) cancel = context.runtime.after(everyMs, () => void look())
  }
  await look()
  return () => {
    stopped = true
    cancel()
  }
}

export async function settleSegments(context: HostContext): Promise<void> {
  const domains = await context.libvirt.use((client) => client.host.listAllDomains())
  await context.segments.settle(new Set(domains.map((domain) => domain.name)))
}
