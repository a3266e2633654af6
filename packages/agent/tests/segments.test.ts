import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { AgentCallError, type NicSpec } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { silentLog } from '../src/log.ts'
import { openSegments, type Segments } from '../src/network/segments.ts'
import { openStateDatabase } from '../src/state-database.ts'

const cannot = process.getuid?.() === 0 ? false : 'needs root'
const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' })
const there = (name: string): boolean => existsSync(`/sys/class/net/${name}`)
const mtuOf = (name: string): number => JSON.parse(ip('-json', 'link', 'show', 'dev', name))[0].mtu

describe('bridges of guest networks, with the kernel of this machine', { skip: cannot }, () => {
  const tail = randomBytes(3).toString('hex')
  const label = `alts${tail}`
  const [card, cable] = [`altc${tail}`, `altd${tail}`]
  // Ids that nobody else on this machine uses.
  const vni = 1_000_000 + (Number.parseInt(tail, 16) % 10_000_000)
  const octet = (Number.parseInt(tail.slice(0, 2), 16) % 250) + 1
  const database = openStateDatabase(':memory:')
  const open = (): Segments => openSegments({ database, runtime: systemRuntime(), log: silentLog() })
  const segments = open()

  const nic = (segment: NicSpec['segment'], over: Partial<NicSpec> = {}): NicSpec => ({
    nicUuid: randomUUID(),
    deviceId: 0,
    mac: '02:00:5e:00:00:01',
    bridge: label,
    model: 'virtio',
    ...(segment === undefined ? {} : { segment }),
    ...over,
  })
  const multicast = { kind: 'vxlan', id: vni, flood: 'multicast' } as const
  const unicast = { kind: 'vxlan', id: vni + 1, flood: 'unicast' } as const
  const [bridge, device] = [`brvx-${vni}`, `vxlan${vni}`]

  before(() => {
    ip('link', 'add', label, 'type', 'bridge')
    ip('link', 'add', card, 'type', 'veth', 'peer', 'name', cable)
    ip('link', 'set', card, 'master', label)
    for (const name of [label, card, cable]) ip('link', 'set', name, 'up')
    ip('addr', 'add', `10.211.${octet}.1/24`, 'dev', label)
  })
  after(() => {
    for (const name of [device, bridge, `vxlan${vni + 1}`, `brvx-${vni + 1}`, label, card]) {
      if (there(name)) ip('link', 'del', name)
    }
    database.close()
  })

  const refusedWith = (code: string, seen: RegExp) => (error: unknown) => {
    assert.ok(error instanceof AgentCallError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(`${error.message} ${error.data.seen}`, seen)
    return true
  }

  test('an untagged NIC stays on the bridge of its label, and nothing is made', async () => {
    const before = readdirSync('/sys/class/net').length
    const one = nic(undefined)
    assert.deepEqual(await segments.attach('i-2-1-VM', [one]), [one])
    assert.equal(readdirSync('/sys/class/net').length, before)
  })

  test('a VXLAN is made once for two guests, in its group, without an address, and removed with the last', async () => {
    const [one, two] = [nic(multicast), nic(multicast)]
    const [placed] = await segments.attach('i-2-1-VM', [one])
    assert.deepEqual(placed, { ...one, bridge, mtu: 1450 })
    const [link] = JSON.parse(ip('-details', '-json', 'link', 'show', 'dev', device))
    assert.equal(link.linkinfo.info_data.id, vni)
    assert.equal(link.linkinfo.info_data.group, `239.${(vni >> 16) & 255}.${(vni >> 8) & 255}.${vni & 255}`)
    assert.equal(link.master, bridge)
    assert.deepEqual([mtuOf(device), mtuOf(bridge)], [1450, 1450])
    assert.equal(ip('-6', 'addr', 'show', 'dev', bridge).trim(), '', 'guests cannot reach the host by its bridge')
    const index = link.ifindex
    await Promise.all([segments.attach('i-2-2-VM', [two]), segments.attach('i-2-2-VM', [two])])
    assert.equal(JSON.parse(ip('-json', 'link', 'show', 'dev', device))[0].ifindex, index, 'not made anew')
    await segments.release('i-2-1-VM')
    assert.ok(there(bridge))
    await segments.release('i-2-2-VM')
    await segments.release('i-2-2-VM')
    assert.ok(!there(bridge) && !there(device))
  })

  test('a guest that is not ours keeps the bridge', async () => {
    await segments.attach('i-2-1-VM', [nic(multicast)])
    const tap = `alty${tail}`
    ip('tuntap', 'add', tap, 'mode', 'tap')
    try {
      ip('link', 'set', tap, 'master', bridge)
      await segments.release('i-2-1-VM')
      assert.ok(there(bridge))
    } finally {
      ip('link', 'del', tap)
    }
    await segments.settle(new Set())
    assert.ok(!there(bridge))
  })

  test('the flood list follows the peers, without the own address', async () => {
    await segments.setPeers(['10.211.0.7', `10.211.${octet}.1`])
    await segments.attach('i-2-1-VM', [nic(unicast)])
    const flood = (): string[] =>
      JSON.parse(execFileSync('bridge', ['-json', 'fdb', 'show', 'dev', `vxlan${vni + 1}`], { encoding: 'utf8' }))
        .filter((entry: { mac: string; dst?: string }) => entry.mac === '00:00:00:00:00:00' && entry.dst !== undefined)
        .map((entry: { dst: string }) => entry.dst)
        .toSorted()
    assert.deepEqual(flood(), ['10.211.0.7'])
    await segments.setPeers(['10.211.0.8', '10.211.0.9'])
    assert.deepEqual(flood(), ['10.211.0.8', '10.211.0.9'])
    await segments.setPeers([])
    assert.deepEqual(flood(), [])
    await segments.release('i-2-1-VM')
  })

  test('what a reboot or an administrator removed is made again; what no guest uses goes', async () => {
    const one = nic(multicast)
    await segments.attach('i-2-1-VM', [one])
    ip('link', 'del', device)
    ip('link', 'del', bridge)
    // As after a start of the agent: only the disk knows.
    const again = open()
    await again.settle(new Set(['i-2-1-VM']))
    assert.ok(there(bridge) && there(device))
    ip('link', 'del', bridge)
    assert.equal((await again.attach('i-2-1-VM', [one]))[0]?.bridge, bridge)
    assert.equal(JSON.parse(ip('-json', 'link', 'show', 'dev', device))[0].master, bridge)
    await again.release('i-2-1-VM', [one.nicUuid])
    assert.ok(there(bridge), 'a NIC that stays keeps it')
    await again.release('i-2-1-VM')
    assert.ok(!there(bridge))
  })

  test('a larger underlay gives guests 1500; a smaller one is refused with the figures', async () => {
    await assert.rejects(
      segments.attach('i-2-1-VM', [nic(multicast, { mtu: 1500 })]),
      refusedWith('network.mtu', /1550 are needed.* carries 1500/),
    )
    assert.match((await segments.refusal(nic(multicast, { mtu: 1500 })))?.data.fix ?? '', /mtu 1550/)
    await assert.rejects(
      segments.attach('i-2-1-VM', [nic(undefined, { mtu: 9000 })]),
      refusedWith('network.mtu', /9000/),
    )
    assert.ok(!there(bridge))
    for (const name of [cable, card, label]) ip('link', 'set', name, 'mtu', '1550')
    assert.equal((await segments.attach('i-2-1-VM', [nic(multicast, { mtu: 1500 })]))[0]?.mtu, 1500)
    assert.deepEqual([mtuOf(device), mtuOf(bridge)], [1500, 1500])
    await segments.release('i-2-1-VM')
    for (const name of [cable, card, label]) ip('link', 'set', name, 'mtu', '1500')
  })

  test('no bridge, no port, no address, a foreign interface of the name: each named', async () => {
    await assert.rejects(
      segments.attach('i-2-1-VM', [nic(multicast, { bridge: 'nobridge0' })]),
      refusedWith('network.bridge', /nobridge0/),
    )
    ip('link', 'set', card, 'nomaster')
    await assert.rejects(
      segments.attach('i-2-1-VM', [nic({ kind: 'vlan', id: 100 })]),
      refusedWith('network.uplink', /no port to the outside/),
    )
    ip('link', 'set', card, 'master', label)
    ip('addr', 'flush', 'dev', label)
    await assert.rejects(segments.attach('i-2-1-VM', [nic(multicast)]), refusedWith('network.uplink', /has none/))
    ip('addr', 'add', `10.211.${octet}.1/24`, 'dev', label)
    ip('link', 'add', device, 'type', 'bridge')
    await assert.rejects(segments.attach('i-2-1-VM', [nic(multicast)]), refusedWith('network.segment', /there already/))
    await segments.release('i-2-1-VM')
    assert.ok(there(device), 'what is not ours is never removed')
    ip('link', 'del', device)
  })
})
