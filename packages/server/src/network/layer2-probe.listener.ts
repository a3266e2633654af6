import { errorText } from '@altostack/core'
import type { HostListener } from '../agents/host-listener.ts'
import { probeLayer2 } from './layer2-probe.ts'

/** A host that is Up is looked at beside its work: nothing waits for the answer. */
export const layer2ProbeListener: HostListener = {
  name: 'layer 2 probe',
  async up(ctx, hostId) {
    probeLayer2(ctx, hostId).catch((error: unknown) =>
      ctx.log.info({ hostId, err: error }, `the layer 2 network of a host is not known: ${errorText(error)}`),
    )
  },
}
