import { type HostMethodName, hostRefusal } from '@altostack/agent-api'
import { type agentErrors, agentFailure } from '@altostack/core'

/**
 * When a fault strikes, seen from the host:
 * - `lost-request`: the connection drops before the call is read. Nothing happens on the host.
 * - `before-effect`: the intent is journaled, then the call fails. Nothing happened.
 * - `after-effect`: the effect is there, then the call fails.
 * - `lost-reply`: all goes well and is journaled; the connection drops instead of the answer.
 * - `crash-before-effect`, `crash-after-effect`: the agent dies at that point; `restart()` brings it back.
 * - `slow`: the effect comes `delayMs` later.
 * - `hang`: the call is never answered and has no effect; the connection lives.
 */
export type FaultPoint =
  | 'lost-request'
  | 'before-effect'
  | 'after-effect'
  | 'lost-reply'
  | 'crash-before-effect'
  | 'crash-after-effect'
  | 'slow'
  | 'hang'

export type Fault = {
  readonly when: FaultPoint
  /** How often; once unless said. Infinity: until cleared. */
  readonly times?: number
  /** Strikes with this chance, 0 to 1, drawn from the fleet's seed. */
  readonly rate?: number
  /** Catalogue code of the failure; default `agent.libvirt` for guests, `agent.program` else. */
  readonly code?: keyof typeof agentErrors
  readonly message?: string
  readonly delayMs?: number
}
export type FaultTarget = HostMethodName | '*'

type Armed = { readonly target: FaultTarget; readonly fault: Fault; left: number }

/** The faults that wait on a host. */
export type Faults = {
  readonly add: (target: FaultTarget, fault: Fault) => void
  readonly clear: () => void
  /** The first fault for the method at one of the points; used up by being taken. */
  readonly take: (method: HostMethodName, points: readonly FaultPoint[]) => Fault | undefined
}

export function createFaults(random: () => number): Faults {
  let armed: Armed[] = []
  return {
    add(target, fault) {
      armed.push({ target, fault, left: fault.times ?? (fault.rate === undefined ? 1 : Number.POSITIVE_INFINITY) })
    },
    clear() {
      armed = []
    },
    take(method, points) {
      for (const one of armed) {
        if (one.target !== '*' && one.target !== method) continue
        if (!points.includes(one.fault.when)) continue
        if (one.fault.rate !== undefined && random() >= one.fault.rate) continue
        one.left--
        if (one.left <= 0) armed = armed.filter((other) => other !== one)
        return one.fault
      }
      return undefined
    },
  }
}

/** The failure that a fault makes of a call. */
export function faultError(method: HostMethodName, fault: Fault): Error {
  const code = fault.code ?? (method.startsWith('vm.') ? 'agent.libvirt' : 'agent.program')
  const error = agentFailure(code, fault.message ?? `${method} failed: injected fault`, { seen: `fault ${fault.when}` })
  return fault.when === 'before-effect' ? hostRefusal(error) : error
}
