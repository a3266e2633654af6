import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HostMethodName, type ParamsInput, type Result, subjectOf } from '@altostack/agent-api'

type Call = <M extends HostMethodName>(method: M, params: ParamsInput<M>) => Promise<Result<M>>

/** Checks, repairs, bundle and guard, as every agent answers them. `on` gives the host of the running test. */
export function checksConformance(
  on: () => { readonly call: Call; readonly bridge: string },
  refused: (code: string) => (error: unknown) => true,
): void {
  test('checks: an empty question proves the link; names are declared ones; each answer has a fix when not ok', async () => {
    const empty = await on().call('host.check', { names: ['none'] })
    assert.deepEqual(empty.checks, [])
    assert.ok(Number.isInteger(empty.clock), 'the clock of the host is told')
    const { checks } = await on().call('host.check', { names: ['clock', 'bridge', 'space'] })
    assert.deepEqual(checks.map(({ name }) => name).toSorted(), ['bridge', 'clock', 'space'])
    for (const { status, code, fix, seen } of checks) {
      assert.ok(seen !== '')
      assert.deepEqual([code === undefined, fix === undefined], [status === 'ok', status === 'ok'])
    }
    await assert.rejects(on().call('host.check', { names: ['clock', 'nonsense'] }), refused('agent.params'))
  })

  test('repairs: planned without a change; what no agent makes is refused by name', async () => {
    const subject = subjectOf({ joined: true, bridges: [on().bridge] })
    const asked = { act: 'plan', state: '', subject } as const
    const first = await on().call('host.repair', { ...asked, name: 'uplink' })
    assert.deepEqual(await on().call('host.repair', { ...asked, name: 'uplink' }), first)
    for (const name of ['nonsense', 'agent-restart']) {
      await assert.rejects(on().call('host.repair', { ...asked, name }), refused('repair.none'))
    }
    const { parts } = await on().call('host.collect', { subject })
    assert.ok(parts.length > 0)
  })

  test('guard: written, written again, taken away; taking away what is not there is no error', async () => {
    const friends = ['127.0.0.1', '192.0.2.1', '::1']
    await on().call('host.guard', { friends, servers: ['192.0.2.1'] })
    await on().call('host.guard', { friends: [...friends, '192.0.2.2'], servers: [] })
    await on().call('host.guard', { friends: null, servers: [] })
    await on().call('host.guard', { friends: null, servers: [] })
  })
}
