import assert from 'node:assert/strict'
import {
  AgentCallError,
  createPeer,
  type Handlers,
  type HostMethodName,
  type Params,
  type ParamsInput,
  type Peer,
  type PoolRef,
  type Result,
  rpcErrorCodes,
} from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'

/** One host under test, real or simulated, that nobody else is connected to. */
export type ConformanceHost = {
  /** What the host answers now; read anew after `crash`. */
  readonly handlers: () => Partial<Handlers<'agent'>>
  /** A pool that does not exist yet and may be created. Hosts of one pair answer the same. */
  readonly pool: PoolRef
  /** An image that the host's server offers. */
  readonly template: Params<'template.install'>['template']
  /** An ISO that the host's server offers: raw. */
  readonly iso: Params<'template.install'>['template']
  /** A bridge that exists. */
  readonly bridge: string
  /** A hello was answered with these incarnations. */
  readonly hear: (current: number, acknowledged: number) => void
  /** Journal keys that the next hello would name. */
  readonly openKeys: () => readonly string[]
  /** Digest of the protected addresses that the next hello would say. */
  readonly protectedDigest: () => string
  /** The agent dies without a word and comes back; guests go on. */
  readonly crash: () => Promise<void>
  readonly stop: () => Promise<void>
}
export type ConformanceOptions = {
  /** Why it cannot run here, for node:test's `skip`. */
  readonly skip?: string | false
  /** The hosts of a pair share one network namespace, as two agents on one machine do: no two taps have one name. */
  readonly oneNamespace?: boolean
  /** Two hosts that share their pool and their bridge's name, for live migration. */
  readonly makePair?: () => Promise<{ readonly source: ConformanceHost; readonly target: ConformanceHost }>
}
export const runtime = systemRuntime()
export type Call = <N extends HostMethodName>(method: N, params: ParamsInput<N>) => Promise<Result<N>>
export type Ended = Result<'job.poll'>

/** The server's side of a host under test: through the shared peer, so that params and results are validated. */
export function connect(host: ConformanceHost): { call: Call; ended: (key: string) => Promise<Ended> } {
  const call: Call = async (method, params) => {
    const agent: Peer<'agent'> = createPeer({
      role: 'agent',
      runtime,
      handlers: host.handlers(),
      send: (text) => queueMicrotask(() => server.receive(text)),
    })
    const server: Peer<'server'> = createPeer({
      role: 'server',
      runtime,
      handlers: {},
      send: (text) => queueMicrotask(() => agent.receive(text)),
    })
    return await server.call(method, params)
  }
  const ended = async (key: string): Promise<Ended> => {
    for (let at = 0; at < 60; at++) {
      const answer = await call('job.poll', { key, waitMs: 1000 })
      if (answer.state !== 'running') return answer
    }
    return assert.fail(`${key} does not end`)
  }
  return { call, ended }
}
let steps = 0
export function tokens(over: Partial<Params<'vm.start'>['tokens']> = {}): Params<'vm.start'>['tokens'] {
  const runId = over.runId ?? runtime.uuid()
  return { key: `${runId}/step-${++steps}`, runEpoch: 1, hostIncarnation: 0, ...over, runId }
}

export function refused(code: string, rpcCode: number = rpcErrorCodes.failure): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof AgentCallError, String(error))
    assert.deepEqual({ code: error.code, rpcCode: error.rpcCode }, { code, rpcCode }, error.message)
    assert.equal(error.effectPossible, false, 'a refusal knows that nothing has happened')
    return true
  }
}
export type Guest = { readonly vm: Params<'vm.start'>['vm']; readonly spec: ParamsInput<'vm.start'>['spec'] }
export function guest(host: ConformanceHost, name: string, volumeUuid: string): Guest {
  const uuid = runtime.uuid()
  return {
    vm: { instanceName: name, uuid, generation: 1 },
    spec: {
      instanceName: name,
      uuid,
      displayName: name,
      cpus: 1,
      cpuMhz: 500,
      memoryBytes: 32 * 2 ** 20,
      disks: [{ volumeUuid, pool: host.pool, format: 'qcow2', deviceId: 0 }],
      nics: [{ nicUuid: runtime.uuid(), deviceId: 0, mac: '02:00:5e:00:00:01', bridge: host.bridge }],
      vncPassword: 'password',
    },
  }
}
