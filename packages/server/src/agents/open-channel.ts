import type { Duplex } from 'node:stream'
import { agentFailure } from '@altostack/core'
import type { Agents } from './agents-port.ts'
import type { Channels } from './channels.ts'
import type { SessionRegistry } from './session.ts'

const dialWithinMs = 15_000

/** See `Agents.openChannel`: the host dials the address that it has reached this server on already. */
export async function openChannel(
  sessions: SessionRegistry,
  channels: Channels,
  hostId: number,
  begin: Parameters<Agents['openChannel']>[1],
): Promise<Duplex> {
  const identity = sessions.byHost.get(hostId)?.identity
  if (identity?.dialled === undefined) {
    throw agentFailure('agent.unreachable', 'The host is not connected to this server', {
      evidence: { effectPossible: false },
    })
  }
  const expected = channels.expect(identity.hostUuid, dialWithinMs)
  try {
    await begin({ channel: expected.id, server: identity.dialled })
    return await expected.arrived
  } catch (error) {
    expected.cancel()
    // A channel that came all the same is nobody's.
    expected.arrived.then(
      (stream) => stream.destroy(),
      () => {},
    )
    throw error
  }
}
