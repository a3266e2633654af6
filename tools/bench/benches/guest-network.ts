import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NicSpec, SecurityGroup } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { silentLog } from '../../../packages/agent/src/log.ts'
import { openGuestNetwork } from '../../../packages/agent/src/network/guest-network.ts'
import { openStateDatabase } from '../../../packages/agent/src/state-database.ts'
import { cannotLink, ip, linkGuest } from '../../../packages/agent/tests/link-guest.ts'
import { atEnd } from '../at-end.ts'
import type { Bench, Row } from '../bench.ts'
import { percentile, significant } from '../percentile.ts'
import { tcpRate } from '../tcp-rate.ts'

const rules = 1000
const group = (uuid: string, version: number, port: number, more = 0): SecurityGroup => ({
  uuid,
  version,
  ingress: Array.from({ length: rules + more }, (_, at) => ({
    protocol: 'tcp' as const,
    startPort: at === 0 ? 5201 : port,
    endPort: at === 0 ? 5201 : port,
    // The first lets the bench's own traffic in.
    cidr: at === 0 ? '0.0.0.0/0' : `10.${at >> 8}.${at & 255}.0/24`,
  })),
  egress: [],
  members: [],
})

/** What a host adds to the way between two guests, and how long its rules take to change. Guests' ends are namespaces. */
export const bench: Bench = async ({ quick }) => {
  const title = 'Guest networks of a host'
  const reason = cannotLink()
  if (reason !== false) return { title, rows: [], skipped: reason }
  const dir = mkdtempSync(join(tmpdir(), 'alto-bench-net-'))
  const id = randomUUID().slice(0, 5)
  const bridge = `altox${id}`
  const networkUuid = randomUUID()
  const nic = (last: number): NicSpec => ({
    nicUuid: randomUUID(),
    deviceId: 0,
    mac: `02:00:0a:e8:07:0${last}`,
    bridge,
    model: 'virtio',
    networkUuid,
    addresses: [`10.232.7.${last}`],
  })
  const [a, b] = [nic(1), nic(2)]
  const bare = [`altoxa${id}`, `altoxb${id}`] as const
  const made: (() => void)[] = []
  const clear = (): void => {
    for (const undo of made.splice(0).reverse()) undo()
    rmSync(dir, { recursive: true, force: true })
  }
  const forget = atEnd(clear)
  const database = openStateDatabase(join(dir, 'agent.db'))
  const network = openGuestNetwork({
    database,
    directory: join(dir, 'dhcp'),
    runtime: systemRuntime(),
    log: silentLog(),
    shortId: () => id,
    onPasswordTaken: async () => undefined,
  })
  try {
    ip('link', 'add', bridge, 'type', 'bridge')
    made.push(() => void spawnSync('ip', ['link', 'del', bridge]))
    ip('link', 'set', bridge, 'up')
    const guests = [a, b].map((one) => linkGuest({ dir, bridge, mac: one.mac, nic: one }))
    made.push(() => {
      for (const guest of guests) guest.remove()
    })
    for (const [at, guest] of guests.entries()) guest.address(`10.232.7.${at + 1}`)
    for (const [at, space] of bare.entries()) {
      ip('netns', 'add', space)
      made.push(() => void spawnSync('ip', ['netns', 'del', space]))
      if (at === 1) ip('-n', bare[0], 'link', 'add', 'eth', 'type', 'veth', 'peer', 'name', 'eth', 'netns', space)
    }
    for (const [at, space] of bare.entries()) {
      ip('-n', space, 'address', 'add', `10.232.8.${at + 1}/24`, 'dev', 'eth')
      ip('-n', space, 'link', 'set', 'eth', 'up')
    }
    const uuid = randomUUID()
    await network.prepare({ instanceName: 'i-2-1-VM', nics: [a], securityGroups: [] })
    await network.prepare({
      instanceName: 'i-2-2-VM',
      nics: [{ ...b, securityGroups: [uuid] }],
      securityGroups: [group(uuid, 1, 80)],
    })
    made.push(() => void spawnSync('nft', ['delete', 'table', 'bridge', `alto_${id}`]))

    const seconds = quick ? 0.2 : 3
    const found = { veth: [] as number[], guests: [] as number[] }
    // By turns: what else the machine does hits both alike.
    for (let turn = 0; turn < (quick ? 1 : 7); turn++) {
      found.veth.push(await tcpRate(bare[0], bare[1], '10.232.8.2', seconds))
      found.guests.push(await tcpRate(guests[0]!.space, guests[1]!.space, '10.232.7.2', seconds))
    }
    const [veth, through] = [percentile(found.veth, 0.5), percentile(found.guests, 0.5)]

    const apply = async (version: number, port: number, more = 0): Promise<number> => {
      const wanted = { groups: [group(uuid, version, port, more)], networks: [], guests: [], complete: false }
      return (await network.apply(wanted)).milliseconds
    }
    const times = { all: [] as number[], one: [] as number[], none: [] as number[] }
    let version = 1
    for (let turn = 0; turn < (quick ? 1 : 9); turn++) {
      times.all.push(await apply(++version, 81 + turn))
      times.one.push(await apply(++version, 81 + turn, 1))
      times.none.push(await apply(++version, 81 + turn, 1))
    }
    const row = (what: string, all: readonly number[]): Row => ({
      what,
      value: significant(percentile(all, 0.5)),
      unit: 'ms',
      detail: `median of ${all.length}, slowest ${Math.round(percentile(all, 1))}`,
    })
    return {
      title,
      rows: [
        { what: 'TCP from guest to guest', value: Math.round(through), unit: 'Mbit/s', detail: spread(found.guests) },
        { what: 'TCP over a bare veth pair', value: Math.round(veth), unit: 'Mbit/s', detail: spread(found.veth) },
        {
          what: 'guest to guest, of a bare veth pair',
          value: Math.round((100 * through) / veth),
          unit: '%',
          detail: `through the bridge, anti-spoofing and ${rules} rules of a security group`,
        },
        row(`security group: ${rules} rules replaced`, times.all),
        row(`security group of ${rules} rules: one added`, times.one),
        row(`security group of ${rules} rules: told again`, times.none),
      ],
      notes: [
        'The ends of the guests are network namespaces on cables that have the names of their taps: what an emulated CPU would',
        `cost is not in it. One TCP stream, both ends on the same two cores; load at the end ${(loadavg()[0] ?? 0).toFixed(1)}.`,
      ],
    }
  } finally {
    forget()
    for (const instanceName of ['i-2-1-VM', 'i-2-2-VM']) await network.release(instanceName)
    network.stop()
    database.close()
    clear()
  }
}

function spread(all: readonly number[]): string {
  return `median of ${all.length}: ${Math.round(Math.min(...all))} to ${Math.round(Math.max(...all))}`
}
