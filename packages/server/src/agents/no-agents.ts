import { agentFailure, Bug } from '@altostack/core'
import type { Agents } from './agents-port.ts'

const unreachable = async (): Promise<never> => {
  throw agentFailure('agent.unreachable', 'This server was started without an agent port')
}

/** A server that takes no agents: no host is ever connected. */
export const noAgents: Agents = {
  call: unreachable,
  run: unreachable,
  openChannel: unreachable,
  connected: unreachable,
  isConnected: () => false,
  drop: () => undefined,
  load: () => undefined,
  acknowledge: () => undefined,
  trust: () => {
    throw new Bug('this server was started without an agent port')
  },
}
