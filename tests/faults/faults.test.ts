import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { CallResult } from '@altostack/api'
import { type LabEnvironment, measured, startLabEnvironment, until, whyNoLab } from '../lab-environment/index.ts'
import { type Fault, type FaultPlace, type Named, placeOf } from './fault.ts'

type Check = {
  readonly name: string
  readonly status: string
  readonly code?: string
  readonly seen: string
  readonly fix?: string
}

/** What doctor must keep, ms; asserted at five times for the machine's other work. */
const answerMs = 10_000
const faults = await Promise.all(
  globSync(join(import.meta.dirname, 'faults', '*.ts'))
    .toSorted()
    .map(async (path) => ({ name: basename(path, '.ts'), ...((await import(path)) as { fault: Fault }) })),
)

describe('doctor names each fault of a host, and heals what it says it can', { skip: await whyNoLab() }, () => {
  let env: LabEnvironment
  let place: FaultPlace
  const times: number[] = []
  let shown = 0

  before(async () => {
    env = await startLabEnvironment({ hosts: 2, name: 'faults', withoutTemplate: true })
    await env.client.get('updateConfiguration', { name: 'ping.interval', value: '1' })
    const added = await env.addHost('h1')
    const notes = (added as { notes?: readonly string[] }).notes ?? []
    assert.match(notes.join('\n'), /public key was added to authorized_keys/)
    assert.match(notes.join('\n'), /16514, 5900-6100 and 49152-49215 are open to/)
    await env.createPool()
    place = placeOf(env, env.lab.host('h1'), await env.hostId('h1'))
  })
  after(async () => await env?.stop())

  async function diagnose(
    checks?: readonly string[],
  ): Promise<CallResult<'diagnoseHost'> & { check: readonly Check[] }> {
    const began = performance.now()
    const answer = await env.client.run('diagnoseHost', {
      id: place.hostId,
      ...(checks === undefined ? {} : { checks }),
    })
    times.push(performance.now() - began)
    return { ...answer, check: (answer.check ?? []) as readonly Check[] }
  }
  const find = (answer: { check: readonly Check[] }, name: string): Check | undefined =>
    answer.check.find((check) => check.name === name)
  const isUp = async (): Promise<boolean> => {
    const { items } = await env.client.list('listHosts', { id: place.hostId })
    return items[0]?.state === 'Up'
  }

  test('a host that is well: nothing has failed, and what is warned of is the emulation of the lab', async () => {
    const answer = await diagnose()
    const bad = answer.check.filter(({ status }) => status !== 'ok')
    assert.deepEqual(
      bad.map(({ name }) => name).filter((name) => !['virtualisation', 'kvm'].includes(name)),
      [],
      JSON.stringify(bad),
    )
    assert.ok(answer.check.length >= 25, `${answer.check.length} checks`)
  })

  for (const { name, fault } of faults) {
    test(`${name}${fault.heals === undefined ? '' : ', healed'}`, async () => {
      await fault.make(place)
      try {
        const began = performance.now()
        const answer = await diagnose()
        const took = performance.now() - began
        measured(`fault.${name}`, took, 'ms')
        assert.ok(took < 5 * answerMs, `named after ${Math.round(took)} ms`)
        for (const named of fault.names) judge(named, answer)
        if (fault.heals !== undefined) await heals(fault)
      } finally {
        await fault.undo(place)
        if (fault.cutsOff) await until('the host is Up again', 60_000, isUp)
      }
    })
  }

  function judge(named: Named, answer: { check: readonly Check[] }): void {
    const check = find(answer, named.check)
    const told = JSON.stringify(answer.check.filter(({ status }) => status !== 'ok'))
    assert.ok(check, `${named.check} is missing: ${told}`)
    assert.equal(check.status, named.status, told)
    assert.equal(check.code, named.code, told)
    assert.match(check.seen, named.seen)
    assert.match(check.fix ?? '', named.fix)
  }

  /** Shown first, made, looked at again. */
  async function heals(fault: Fault): Promise<void> {
    const [{ check }] = fault.names
    const asked = { id: place.hostId, checks: [check] }
    if (shown === 0) await shownFirst()
    await env.client.run('repairHost', asked, { timeoutMs: 120_000 })
    const healed = await until(`${check} is ok again`, 30_000, async () => {
      const answer = await diagnose([check])
      return find(answer, check)?.status === 'ok' ? answer : undefined
    })
    assert.equal(find(healed, check)?.status, 'ok')
  }

  /** Under dryrun every safe repair is named with its old and its new value; once is enough. */
  async function shownFirst(): Promise<void> {
    const { dryrun } = (await env.client.call('repairHost', { id: place.hostId, dryrun: true })) as unknown as {
      dryrun: { steps: readonly { name: string }[] }
    }
    const steps = dryrun.steps.filter((step) => step.name.startsWith('repair ')).map((step) => step.name)
    assert.ok(
      steps.some((step) => step.includes(' → ')),
      JSON.stringify(dryrun),
    )
    shown = steps.length
  }

  test('a repair is taken back: the old value is there again', async () => {
    const key = '/etc/cloudstack/agent/cloud.key'
    await place.run('chmod', '644', key)
    const made = await env.client.run('repairHost', { id: place.hostId, checks: ['file-modes'] })
    const [repair] = (made.repair ?? []) as readonly { id: string; change: unknown }[]
    assert.deepEqual(repair?.change, [{ what: key, before: '644', after: '600' }])
    assert.equal((await place.run('stat', '-c', '%a', key)).trim(), '600')
    await env.client.run('restoreHostRepair', { id: repair.id })
    assert.equal((await place.run('stat', '-c', '%a', key)).trim(), '644')
    await assert.rejects(env.client.run('restoreHostRepair', { id: repair.id }), /cannot be taken back/)
    await place.run('chmod', '600', key)
  })

  test('what has failed is evidence of the host, and hides no cause of its status', async () => {
    const { items } = await env.client.list('listEvidence', { resourceid: place.hostId, keyword: 'host.diagnosed' })
    const codes = new Set(
      items.flatMap(({ evidence }) =>
        ((evidence as { checks?: { code: string }[] }).checks ?? []).map(({ code }) => code),
      ),
    )
    for (const code of ['check.mtu', 'check.firewall', 'pool.marker', 'host.unreachable'])
      assert.ok(codes.has(code), code)
  })

  test('a stranger reaches neither libvirt nor migrations; the server does; undone, everybody does', async () => {
    const stranger = env.lab.host('h2')
    const tries = async (): Promise<number> =>
      (await stranger.exec(['nc', '-z', '-w', '2', place.host.ip, '16514'], { timeoutMs: 10_000 })).code
    assert.notEqual(await tries(), 0, 'a stranger is let in')
    const undone = await env.client.run('hardenHost', { id: place.hostId, undo: true })
    assert.equal(undone.hardened, false)
    assert.equal(await tries(), 0, 'nobody is let in any more')
    const again = await env.client.run('hardenHost', { id: place.hostId })
    assert.equal(again.hardened, true)
    assert.ok((again.addresses as string[]).includes(env.lab.serverIp))
    assert.notEqual(await tries(), 0)
    // Another host of the pod is a friend from its joining on.
    await env.addHost('h2')
    assert.equal(await tries(), 0, 'a peer is kept out')
  })

  test('a bundle has the logs, the checks and the configuration, and no secret', async () => {
    const canary = 'cAnAry5150'
    await place.run(
      'sh',
      '-c',
      `echo 'keystore.passphrase=${canary}' >> /etc/cloudstack/agent/agent.properties; echo '{"level":30,"msg":"x","password":"${canary}","url":"http://a:${canary}@b/"}' >> /var/log/cloudstack/agent/agent.log; cat /etc/cloudstack/agent/cloud.key >> /var/log/cloudstack/agent/agent.log`,
    )
    await env.client
      .get('updateConfiguration', { name: 'alto.agent.package', value: `/packages/secret=${canary}.deb` })
      .catch(() => undefined)
    const key = await place.run('cat', '/etc/cloudstack/agent/cloud.key')
    const bundle = await env.client.get('getHostBundle', { id: place.hostId })
    const files = (bundle.file ?? []) as readonly { name: string; content: string }[]
    const names = files.map(({ name }) => name)
    for (const name of [
      'agent.log',
      'checks.json',
      'feed.json',
      'facts.json',
      'network.txt',
      'settings.json',
      'agent.properties',
    ]) {
      assert.ok(names.includes(name), `${name} is not in ${names.join(', ')}`)
    }
    const all = files.map(({ content }) => content).join('\n')
    assert.ok(all.includes('keystore.passphrase=[removed]'), 'the canary was not even seen')
    assert.ok(!all.includes(canary), 'a canary is in the bundle')
    for (const line of key.split('\n').filter((one) => one.length > 30 && !one.startsWith('-')))
      assert.ok(!all.includes(line), 'the key is in the bundle')
  })

  test('figures', () => {
    const sorted = times.toSorted((a, b) => a - b)
    measured('doctor.median', sorted[Math.floor(sorted.length / 2)] ?? 0, 'ms')
    measured('doctor.longest', sorted.at(-1) ?? 0, 'ms')
    assert.ok(faults.length >= 25)
  })
})
