import { hostRefusal } from '@altostack/agent-api'
import { agentFailure } from '@altostack/core'
import { isBridge } from '../facts/facts.ts'
import { readingMethod } from '../journal/host-method.ts'
import { askStations, openStation } from '../network/layer2-probe.ts'

export const networkProbe = readingMethod('network.probe', async (context, { bridge, station, stayMs, ask }) => {
  if (!isBridge(bridge)) {
    throw hostRefusal(
      agentFailure('network.bridge', `The bridge ${bridge} does not exist on the host`, {
        seen: `no /sys/class/net/${bridge}/bridge`,
      }),
    )
  }
  const close = await openStation(context.runtime, bridge, station)
  try {
    return { answers: await askStations(context.runtime, station, ask) }
  } finally {
    if (stayMs > 0) context.runtime.after(stayMs, () => void close().catch(() => {}))
    else await close()
  }
})
