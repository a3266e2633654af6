import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Demand, VolumeDemand } from './demand.ts'
import { insufficientCapacity } from './insufficient-capacity.ts'
import { awaitedHosts, planPlacement } from './plan.ts'
import type { ClusterView, HostView, PlacementSnapshot, PoolView } from './snapshot.ts'

const GIB = 1024 ** 3

function cluster(over: Partial<ClusterView> = {}): ClusterView {
  return {
    id: 1,
    uuid: 'c-1',
    name: 'cluster1',
    zoneId: 1,
    podId: 1,
    enabled: true,
    managed: true,
    hypervisor: 'KVM',
    arch: 'x86_64',
    cpuRatio: 1,
    memoryRatio: 1,
    cpuThreshold: 1,
    memoryThreshold: 1,
    ...over,
  }
}
function host(id: number, over: Partial<HostView> = {}): HostView {
  return {
    id,
    uuid: `h-${id}`,
    name: `kvm${id}`,
    clusterId: 1,
    status: 'Up',
    awaited: false,
    resourceState: 'Enabled',
    hypervisor: 'KVM',
    arch: 'x86_64',
    qemu: '7.2.0',
    cores: 8,
    mhz: 2000,
    tags: [],
    cpuTotal: 16_000,
    cpuTaken: 0,
    memoryTotal: 16 * GIB,
    memoryTaken: 0,
    guests: 0,
    pools: [1],
    ...over,
  }
}
function pool(id: number, over: Partial<PoolView> = {}): PoolView {
  return {
    id,
    uuid: `p-${id}`,
    name: `primary${id}`,
    status: 'Up',
    scope: 'CLUSTER',
    hypervisor: null,
    tags: [],
    capacityBytes: 100 * GIB,
    usedBytes: 0,
    allocatedBytes: 0,
    templates: [],
    overprovisioning: 2,
    usedThreshold: 0.85,
    allocatedThreshold: 0.85,
    ...over,
  }
}
function snapshot(
  hosts: readonly HostView[],
  over: Partial<{ clusters: readonly ClusterView[]; pools: readonly PoolView[]; maxGuests: number }> = {},
): PlacementSnapshot {
  const clusters = over.clusters ?? [cluster()]
  const pools = over.pools ?? [pool(1)]
  return {
    zones: new Map([
      [1, { id: 1, uuid: 'z-1', name: 'zone1', enabled: true, localStorage: true }],
      [2, { id: 2, uuid: 'z-2', name: 'zone2', enabled: false, localStorage: true }],
    ]),
    pods: new Map([
      [1, { id: 1, uuid: 'pod-1', name: 'pod1', enabled: true }],
      [2, { id: 2, uuid: 'pod-2', name: 'pod2', enabled: false }],
    ]),
    clusters: new Map(clusters.map((row) => [row.id, row])),
    pools: new Map(pools.map((row) => [row.id, row])),
    hosts,
    maxGuests: over.maxGuests ?? 50,
    algorithm: 'random',
  }
}
function volume(over: Partial<VolumeDemand> = {}): VolumeDemand {
  return {
    id: 1,
    name: 'ROOT-1',
    bytes: 8 * GIB,
    tags: [],
    local: false,
    poolId: undefined,
    template: undefined,
    ...over,
  }
}
function demand(over: Partial<Demand> = {}): Demand {
  return {
    vm: { id: 7, uuid: 'vm-7', name: 'web' },
    zoneId: 1,
    podId: undefined,
    clusterId: undefined,
    hostId: undefined,
    hypervisor: 'KVM',
    arch: 'x86_64',
    cpus: 1,
    mhz: 1000,
    memoryBytes: GIB,
    hostTags: [],
    allowDisabled: false,
    lastHostId: undefined,
    reserved: undefined,
    moving: false,
    movesFrom: undefined,
    avoid: new Map(),
    volumes: [volume()],
    ...over,
  }
}
/** A small seeded generator, so that failures repeat. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
function refusedBy(view: PlacementSnapshot, asked: Demand): Record<string, string> {
  const { refusals } = planPlacement(view, asked, { random: seeded(1) })
  return Object.fromEntries(refusals.map((entry) => [entry.host.name, entry.refusal.filter]))
}

test('each filter refuses what it is for, by name', () => {
  const cases: readonly [string, PlacementSnapshot, Demand][] = [
    ['zone', snapshot([host(1)], { clusters: [cluster({ zoneId: 2 })] }), demand()],
    ['zone', snapshot([host(1)], { clusters: [cluster({ zoneId: 2 })] }), demand({ zoneId: 2 })],
    ['pod', snapshot([host(1)], { clusters: [cluster({ podId: 2 })] }), demand()],
    ['pod', snapshot([host(1)]), demand({ podId: 2 })],
    ['cluster', snapshot([host(1)], { clusters: [cluster({ enabled: false })] }), demand()],
    ['cluster', snapshot([host(1)], { clusters: [cluster({ managed: false })] }), demand({ allowDisabled: true })],
    ['cluster', snapshot([host(1)]), demand({ clusterId: 2 })],
    ['cluster', snapshot([host(1, { clusterId: 9 })]), demand()],
    ['hypervisor', snapshot([host(1)]), demand({ hypervisor: 'XenServer' })],
    ['arch', snapshot([host(1)]), demand({ arch: 'aarch64' })],
    [
      'cluster-cpu-threshold',
      snapshot([host(1, { cpuTaken: 13_000 })], { clusters: [cluster({ cpuThreshold: 0.85 })] }),
      demand(),
    ],
    [
      'cluster-memory-threshold',
      snapshot([host(1, { memoryTaken: 13 * GIB })], { clusters: [cluster({ memoryThreshold: 0.85 })] }),
      demand(),
    ],
    ['chosen-host', snapshot([host(1)]), demand({ hostId: 2 })],
    ['avoid', snapshot([host(1)]), demand({ avoid: new Map([[1, 'refused the start']]) })],
    ['status', snapshot([host(1, { status: 'Alert' })]), demand()],
    ['resource-state', snapshot([host(1, { resourceState: 'Maintenance' })]), demand({ allowDisabled: true })],
    ['host-tags', snapshot([host(1, { tags: ['ssd'] })]), demand({ hostTags: ['ssd', 'gpu'] })],
    ['cpu-cores', snapshot([host(1)]), demand({ cpus: 9, mhz: 100 })],
    ['cpu-speed', snapshot([host(1)]), demand({ mhz: 2001 })],
    ['max-guests', snapshot([host(1, { guests: 50 })]), demand()],
    ['cpu', snapshot([host(1, { cpuTaken: 15_001 })]), demand()],
    ['memory', snapshot([host(1, { memoryTaken: 15 * GIB + 1 })]), demand()],
    ['storage', snapshot([host(1, { pools: [] })]), demand()],
    ['storage', snapshot([host(1)], { pools: [pool(1, { status: 'Maintenance' })] }), demand()],
    ['storage', snapshot([host(1)], { pools: [pool(1, { usedBytes: 85 * GIB })] }), demand()],
    ['storage', snapshot([host(1)], { pools: [pool(1, { allocatedBytes: 163 * GIB })] }), demand()],
    ['storage', snapshot([host(1)], { pools: [pool(1, { scope: 'HOST' })] }), demand()],
    ['storage', snapshot([host(1)]), demand({ volumes: [volume({ tags: ['fast'] })] })],
    ['storage', snapshot([host(1)]), demand({ volumes: [volume({ poolId: 2 })] })],
  ]
  for (const [filter, view, asked] of cases) assert.deepEqual(refusedBy(view, asked), { kvm1: filter }, filter)
})

test('a host that fits is a candidate with its pool and claim', () => {
  const asked = demand({ volumes: [volume({ template: { id: 3, bytes: GIB } }), volume({ id: 2, bytes: 2 * GIB })] })
  const { candidates, refusals } = planPlacement(snapshot([host(1)]), asked, { random: seeded(1) })
  assert.deepEqual(refusals, [])
  assert.deepEqual(candidates[0]?.volumes, [
    { volumeId: 1, poolId: 1, claimBytes: 8 * GIB, templateBytes: GIB },
    { volumeId: 2, poolId: 1, claimBytes: 2 * GIB, templateBytes: 0 },
  ])
})

test('two volumes that fit alone but not together are refused', () => {
  const view = snapshot([host(1)], { pools: [pool(1, { allocatedBytes: 155 * GIB })] })
  const { candidates, refusals } = planPlacement(view, demand({ volumes: [volume(), volume({ id: 2 })] }), {
    random: seeded(1),
  })
  assert.equal(candidates.length, 0)
  assert.match(refusals[0]!.refusal.seen(), /together/)
})

test('the last host comes first, and its own reservation counts as free', () => {
  const full = host(1, { cpuTaken: 16_000, memoryTaken: 16 * GIB })
  const view = snapshot([full, host(2)])
  const asked = demand({ lastHostId: 1, reserved: { hostId: 1, clusterId: 1, cpu: 1000, memory: GIB } })
  assert.equal(planPlacement(view, asked, { random: seeded(1) }).candidates[0]?.host.id, 1)
  assert.equal(planPlacement(view, demand({ lastHostId: 1 }), { random: seeded(1) }).candidates[0]?.host.id, 2)
})

test('the freer host wins, and over-commit widens a host', () => {
  const view = snapshot([host(1, { memoryTaken: 8 * GIB }), host(2)])
  assert.equal(planPlacement(view, demand(), { random: seeded(3) }).candidates[0]?.host.id, 2)
  const wide = snapshot([host(1, { memoryTaken: 20 * GIB })], { clusters: [cluster({ memoryRatio: 2 })] })
  assert.equal(planPlacement(wide, demand(), { random: seeded(3) }).candidates.length, 1)
})

test('the error says for each host which filter refused it and by how much', () => {
  const view = snapshot([host(1, { memoryTaken: 15.5 * GIB }), host(2, { status: 'Down' })])
  const error = insufficientCapacity(demand(), planPlacement(view, demand(), { random: seeded(1) }))
  assert.equal(error.api, 533)
  assert.match(error.message, /kvm1 has 512 MiB of memory free of 16 GiB .* 512 MiB short/)
  assert.match(error.message, /kvm2 is Down, not Up/)
  const hosts = error.evidence!.hosts as { name: string; filter: string; short?: number }[]
  assert.deepEqual(
    hosts.map(({ name, filter, short }) => [name, filter, short]),
    [
      ['kvm1', 'memory', GIB / 2],
      ['kvm2', 'status', undefined],
    ],
  )
})

test('more than twenty refusals are grouped, the closest miss first', () => {
  const hosts = Array.from({ length: 30 }, (_, index) => host(index + 1, { memoryTaken: 16 * GIB - index * 1024 ** 2 }))
  const error = insufficientCapacity(demand(), planPlacement(snapshot(hosts), demand(), { random: seeded(1) }))
  assert.equal(error.evidence?.hosts, undefined)
  const [group] = error.evidence!.groups as { filter: string; hosts: number; examples: string[] }[]
  assert.deepEqual([group?.filter, group?.hosts, group?.examples.length], ['memory', 30, 3])
  assert.match(group!.examples[0]!, /^kvm30 has 29 MiB/)
  assert.match(error.message, /none of 30 hosts fits; refused 30 by memory/)
})

const views = fc.record({
  hosts: fc.array(
    fc.record({
      clusterId: fc.constantFrom(1, 2),
      status: fc.constantFrom('Up', 'Up', 'Up', 'Alert', 'Down'),
      resourceState: fc.constantFrom('Enabled', 'Enabled', 'Disabled', 'Maintenance'),
      cores: fc.constantFrom(1, 4, 8),
      mhz: fc.constantFrom(900, 2000),
      tags: fc.subarray(['ssd', 'gpu']),
      cpuTaken: fc.nat(40_000),
      memoryTaken: fc.nat(40).map((gib) => gib * GIB),
      guests: fc.nat(60),
      pools: fc.subarray([1, 2, 3]),
    }),
    { maxLength: 40 },
  ),
  clusters: fc.tuple(
    ...[1, 2].map((id) =>
      fc.record({
        id: fc.constant(id),
        zoneId: fc.constantFrom(1, 1, 1, 2),
        podId: fc.constantFrom(1, 1, 2),
        cpuRatio: fc.constantFrom(1, 1.5, 4),
        memoryRatio: fc.constantFrom(1, 1.2, 2),
        cpuThreshold: fc.constantFrom(0.85, 1),
        memoryThreshold: fc.constantFrom(0.85, 1),
        enabled: fc.constantFrom(true, true, false),
        arch: fc.constantFrom('x86_64', 'x86_64', 'aarch64'),
      }),
    ),
  ),
  pools: fc.tuple(
    ...[1, 2, 3].map((id) =>
      fc.record({
        id: fc.constant(id),
        status: fc.constantFrom('Up', 'Up', 'Maintenance'),
        scope: fc.constantFrom('CLUSTER', 'HOST'),
        tags: fc.subarray(['fast']),
        usedBytes: fc.nat(100).map((gib) => gib * GIB),
        allocatedBytes: fc.nat(200).map((gib) => gib * GIB),
        templates: fc.subarray([9]),
      }),
    ),
  ),
  demand: fc.record({
    cpus: fc.constantFrom(1, 2, 8),
    mhz: fc.constantFrom(500, 1000, 2000),
    memoryBytes: fc.constantFrom(GIB, 8 * GIB),
    hostTags: fc.subarray(['ssd', 'gpu']),
    allowDisabled: fc.boolean(),
    moving: fc.boolean(),
    lastHostId: fc.option(fc.nat(40), { nil: undefined }),
    hostId: fc.option(fc.nat(40), { nil: undefined, freq: 6 }),
    volumes: fc.array(
      fc.record({
        bytes: fc.nat(20).map((gib) => (gib + 1) * GIB),
        tags: fc.subarray(['fast']),
        local: fc.boolean(),
        template: fc.constantFrom(undefined, { id: 9, bytes: GIB }),
      }),
      { maxLength: 3 },
    ),
  }),
  seed: fc.nat(),
})

test('no plan breaks a rule, over-commits, or leaves a host without a reason', () => {
  fc.assert(
    fc.property(views, (drawn) => {
      const hosts = drawn.hosts.map((over, index) => host(index + 1, over))
      const clusters = drawn.clusters.map((over) => cluster({ ...over, name: `cluster${over.id}` }))
      const pools = drawn.pools.map(({ id, ...over }) => pool(id, over))
      const view = snapshot(hosts, { clusters, pools })
      const asked = demand({
        ...drawn.demand,
        volumes: drawn.demand.volumes.map((over, index) => volume({ id: index + 1, ...over })),
      })
      const result = planPlacement(view, asked, { random: seeded(drawn.seed), limit: 1000 })

      const seen = [
        ...result.candidates.map((entry) => entry.host.id),
        ...result.refusals.map((entry) => entry.host.id),
      ]
      const answered = new Set(seen)
      assert.equal(seen.length, answered.size, 'a host is a candidate or refused, never both')
      if (hosts.length <= 32) assert.equal(answered.size, hosts.length, 'every host has an answer')
      for (const { refusal } of result.refusals) assert.ok(refusal.seen().length > 0 && refusal.fix.length > 0)

      for (const { host: chosen, volumes } of result.candidates) {
        const home = clusters.find((row) => row.id === chosen.clusterId)!
        assert.equal(chosen.status, 'Up')
        assert.equal(home.zoneId, 1)
        assert.ok(asked.allowDisabled || (home.podId === 1 && home.enabled && chosen.resourceState === 'Enabled'))
        assert.notEqual(chosen.resourceState, 'Maintenance')
        assert.equal(home.arch, 'x86_64')
        assert.ok(asked.hostId === undefined || asked.hostId === chosen.id)
        assert.ok(chosen.cores >= asked.cpus && chosen.mhz >= asked.mhz && chosen.guests < 50)
        assert.ok(chosen.cpuTaken + asked.cpus * asked.mhz <= chosen.cpuTotal * home.cpuRatio)
        assert.ok(chosen.memoryTaken + asked.memoryBytes <= chosen.memoryTotal * home.memoryRatio)
        for (const tag of asked.hostTags) assert.ok(chosen.tags.includes(tag))
        assert.equal(volumes.length, asked.volumes.length)
        const claimed = new Map<number, number>()
        for (const [index, { poolId, claimBytes, templateBytes }] of volumes.entries()) {
          const wanted = asked.volumes[index]!
          const on = pools.find((row) => row.id === poolId)!
          assert.ok(chosen.pools.includes(poolId))
          assert.equal(on.status, 'Up')
          assert.equal(on.scope === 'HOST', wanted.local)
          for (const tag of wanted.tags) assert.ok(on.tags.includes(tag))
          assert.ok(on.usedBytes < 0.85 * on.capacityBytes)
          assert.equal(claimBytes, wanted.bytes)
          claimed.set(poolId, (claimed.get(poolId) ?? 0) + claimBytes + templateBytes)
          assert.ok(on.allocatedBytes + claimed.get(poolId)! <= on.capacityBytes * 2 * 0.85)
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a running VM moves to an equal or newer QEMU only', () => {
  const view = snapshot([
    host(1, { qemu: '7.1.0' }),
    host(2, { qemu: '7.2.9' }),
    host(3, { qemu: '8.0' }),
    host(4, { qemu: '' }),
  ])
  const moving = demand({ moving: true, movesFrom: { name: 'kvm9', qemu: '7.2.0' } })
  const result = planPlacement(view, moving, { random: seeded(1) })
  assert.deepEqual(result.candidates.map((one) => one.host.id).sort(), [2, 3, 4])
  assert.equal(result.refusals[0]?.refusal.seen(), 'has QEMU 7.1.0, older than 7.2.0 of kvm9')
  assert.equal(planPlacement(view, demand(), { random: seeded(1) }).candidates.length, 4, 'a first start goes anywhere')
})

test('a hundred parallel plans on one snapshot do not herd', () => {
  const hosts = Array.from({ length: 1000 }, (_, index) => host(index + 1, { memoryTaken: (index % 7) * GIB }))
  const view = snapshot(hosts)
  const random = seeded(42)
  const share = new Map<number, number>()
  for (let plan = 0; plan < 100; plan++) {
    const id = planPlacement(view, demand(), { random }).candidates[0]!.host.id
    share.set(id, (share.get(id) ?? 0) + 1)
  }
  assert.ok(Math.max(...share.values()) <= 5, `one host got ${Math.max(...share.values())} of 100`)
})

test('a host that is only not back yet is awaited; one that would not fit anyway is refused for that', () => {
  const away = { status: 'Disconnected', awaited: true }
  const asked = demand({ hostTags: ['ssd'] })
  const view = snapshot([
    host(1, { ...away, tags: ['ssd'] }),
    host(2, away),
    host(3, { status: 'Disconnected', tags: ['ssd'] }),
    host(4, { ...away, tags: ['ssd'], memoryTaken: 16 * GIB }),
  ])
  const result = planPlacement(view, asked, { random: seeded(1) })
  assert.deepEqual(result.candidates, [])
  assert.deepEqual(
    awaitedHosts(result).map((one) => one.name),
    ['kvm1'],
  )
  assert.deepEqual(refusedBy(view, asked), { kvm1: 'status', kvm2: 'host-tags', kvm3: 'status', kvm4: 'memory' })
  assert.match(insufficientCapacity(asked, result).message, /kvm1 is Disconnected and not back yet/)
  // A cluster above its threshold stays full when the host is back.
  const full = snapshot([host(1, { ...away, tags: ['ssd'], cpuTaken: 15_000 })], {
    clusters: [cluster({ cpuThreshold: 0.85 })],
  })
  assert.deepEqual(awaitedHosts(planPlacement(full, asked, { random: seeded(1) })), [])
})
