import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { askStations, openStation, removeStations, type Station } from '../src/network/layer2-probe.ts'

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' })

describe('layer 2 probes between bridges of this machine', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, () => {
  const runtime = systemRuntime()
  const bytes = randomBytes(3)
  const tail = bytes.toString('hex')
  // Two hosts on one wire, and one elsewhere.
  const [left, right, away] = [`altl${tail}`, `altr${tail}`, `alta${tail}`]
  const station = (n: number): Station => ({
    address: `169.254.${(bytes[0] ?? 0) % 250 || 1}.${n}`,
    mac: `02:a1:70:${bytes[1]?.toString(16).padStart(2, '0')}:${bytes[2]?.toString(16).padStart(2, '0')}:0${n}`,
  })

  before(() => {
    for (const bridge of [left, right, away]) ip('link', 'add', bridge, 'type', 'bridge')
    ip('link', 'add', `altw${tail}`, 'type', 'veth', 'peer', 'name', `altx${tail}`)
    ip('link', 'set', `altw${tail}`, 'master', left, 'up')
    ip('link', 'set', `altx${tail}`, 'master', right, 'up')
    for (const bridge of [left, right, away]) ip('link', 'set', bridge, 'up')
  })
  after(() => {
    for (const name of [`altw${tail}`, left, right, away]) ip('link', 'del', name)
  })

  test('who is on the wire answers with its MAC, who is not does not; nothing is left', async () => {
    const closeRight = await openStation(runtime, right, station(2))
    const closeAway = await openStation(runtime, away, station(3))
    const closeLeft = await openStation(runtime, left, station(1))
    const wrong = { ...station(2), mac: '02:a1:70:00:00:00' }
    const answers = await askStations(runtime, station(1), [station(2), station(3), wrong])
    assert.deepEqual(
      answers.map(({ shared }) => shared),
      [true, false, false],
    )
    assert.equal(answers[0]?.seen, `${station(2).address} is at ${station(2).mac}`)
    assert.equal(answers[1]?.seen, 'no answer to ARP in 3 s')
    // Opened anew: the close of the first opening must not take the second away.
    const again = await openStation(runtime, right, station(2))
    await closeRight()
    assert.equal((await askStations(runtime, station(1), [station(2)]))[0]?.shared, true)
    await Promise.all([again(), closeAway(), closeLeft()])
    for (const n of [1, 2, 3]) {
      const name = station(n).mac.replaceAll(':', '').slice(-8)
      assert.ok(!existsSync(`/run/netns/alto-l2-${name}`) && !existsSync(`/sys/class/net/al2${name}`))
    }
  })

  test('what a killed agent left is removed at the next start', async () => {
    await openStation(runtime, left, station(4))
    await removeStations(runtime)
    assert.ok(!readdirSync('/sys/class/net').includes(`al2${station(4).mac.replaceAll(':', '').slice(-8)}`))
  })
})
