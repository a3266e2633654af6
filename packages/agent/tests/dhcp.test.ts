import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import type { NicSpec } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { silentLog } from '../src/log.ts'
import { type DhcpService, openDhcp } from '../src/network/dhcp-service.ts'
import { openStateDatabase } from '../src/state-database.ts'

const missing = ['/usr/sbin/dnsmasq', '/usr/sbin/nft', '/bin/busybox'].filter((path) => !existsSync(path))
const skip =
  process.getuid?.() !== 0
    ? 'needs root for a bridge'
    : missing.length > 0 && `${missing.join(', ')} missing: apt-get install dnsmasq-base nftables busybox`
const id = randomUUID().slice(0, 5)
const bridge = `altod${id}`
const space = `altod${id}`
const networkUuid = randomUUID()
let dir = ''
let dhcp: DhcpService
let database: ReturnType<typeof openStateDatabase>

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
const busybox = '/bin/busybox'

function open(): DhcpService {
  database = openStateDatabase(join(dir, 'agent.db'))
  return openDhcp({
    database,
    directory: join(dir, 'dhcp'),
    runtime: systemRuntime(),
    log: silentLog(),
    shortId: () => `${id}dead`.replace(/[^0-9a-f]/g, ''),
  })
}

/** A port of the bridge whose other end is `eth` in the namespace. */
function port(name: string, mac: string): void {
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth', 'netns', space)
  ip('link', 'set', name, 'master', bridge, 'up')
  ip('-n', space, 'link', 'set', 'eth', 'address', mac, 'up')
}

/** Asks as a guest with this MAC; the lease, or undefined after two seconds of silence. */
async function ask(mac: string): Promise<Record<string, string> | undefined> {
  const name = `adp${id}`
  port(name, mac)
  const script = join(dir, 'lease.sh')
  writeFileSync(
    script,
    '#!/bin/sh\n[ "$1" = bound ] && env | grep -E "^(ip|mask|router|dns|domain|serverid|lease)="\nexit 0\n',
    { mode: 0o755 },
  )
  try {
    const args = [
      'netns',
      'exec',
      space,
      busybox,
      'udhcpc',
      '-i',
      'eth',
      '-f',
      '-q',
      '-n',
      '-t',
      '4',
      '-T',
      '1',
      '-A',
      '1',
      '-s',
      script,
    ]
    const { stdout } = await promisify(execFile)('ip', args)
    return Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    )
  } catch {
    return undefined
  } finally {
    ip('link', 'del', name)
  }
}

const nic = (mac: string, address: string): NicSpec => ({
  nicUuid: randomUUID(),
  deviceId: 0,
  mac,
  bridge,
  model: 'virtio',
  dhcp: {
    networkUuid,
    address,
    netmask: '255.255.255.0',
    gateway: '10.231.7.1',
    dns: ['10.231.7.53', '9.9.9.9'],
    hostName: 'web-1',
    domain: 'cs2.internal',
  },
})
const pid = (): number => Number(readFileSync(join(dir, 'dhcp', `${bridge}.pid`), 'utf8'))

before(() => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'alto-dhcp-'))
  execFileSync('chmod', ['711', dir])
  ip('link', 'add', bridge, 'type', 'bridge')
  ip('addr', 'add', '10.231.7.2/24', 'dev', bridge)
  ip('link', 'set', bridge, 'up')
  ip('netns', 'add', space)
  dhcp = open()
})
after(async () => {
  if (skip !== false) return
  for (const name of new Set(dhcp.reservations().map((one) => one.instanceName))) await dhcp.release(name)
  database.close()
  ip('netns', 'del', space)
  ip('link', 'del', bridge)
  rmSync(dir, { recursive: true, force: true })
})

test('a reserved guest gets its address, gateway, servers and name; a stranger gets nothing', { skip }, async () => {
  await dhcp.reserve('i-2-1-VM', [nic('02:00:0a:e7:07:32', '10.231.7.50')])
  const lease = await ask('02:00:0a:e7:07:32')
  assert.deepEqual(
    { ...lease, lease: '' },
    {
      ip: '10.231.7.50',
      mask: '24',
      router: '10.231.7.1',
      dns: '10.231.7.53 9.9.9.9',
      domain: 'cs2.internal',
      serverid: '10.231.7.2',
      lease: '',
    },
  )
  assert.equal(await ask('02:00:0a:e7:07:99'), undefined)
})

test('dnsmasq outlives the agent, which takes it over, and a second guest needs no restart', { skip }, async () => {
  const before = pid()
  database.close()
  dhcp = open()
  await dhcp.resume()
  assert.equal(pid(), before)
  await dhcp.reserve('i-2-2-VM', [nic('02:00:0a:e7:07:33', '10.231.7.51')])
  assert.equal(pid(), before)
  assert.equal((await ask('02:00:0a:e7:07:33'))?.ip, '10.231.7.51')
  process.kill(before, 'SIGKILL')
  while (existsSync(`/proc/${before}`)) await systemRuntime().sleep(5)
  await dhcp.resume()
  assert.notEqual(pid(), before)
  assert.equal((await ask('02:00:0a:e7:07:32'))?.ip, '10.231.7.50')
})

test('an address passes to another guest at once', { skip }, async () => {
  await dhcp.release('i-2-1-VM')
  await dhcp.reserve('i-2-3-VM', [nic('02:00:0a:e7:07:44', '10.231.7.50')])
  assert.equal((await ask('02:00:0a:e7:07:44'))?.ip, '10.231.7.50')
  assert.equal(await ask('02:00:0a:e7:07:32'), undefined)
})

test('DHCP of our guests neither leaves by the uplink nor is answered from there', { skip }, async () => {
  const uplink = `adu${id}`
  const outside = `${space}o`
  ip('netns', 'add', outside)
  ip('link', 'add', uplink, 'type', 'veth', 'peer', 'name', 'out', 'netns', outside)
  ip('link', 'set', uplink, 'master', bridge, 'up')
  ip('-n', outside, 'addr', 'add', '10.231.7.200/24', 'dev', 'out')
  ip('-n', outside, 'link', 'set', 'out', 'up')
  const config = join(dir, 'udhcpd.conf')
  writeFileSync(
    config,
    `start 10.231.7.210\nend 10.231.7.220\ninterface out\nlease_file ${join(dir, 'udhcpd.leases')}\npidfile ${join(dir, 'udhcpd.pid')}\n`,
  )
  writeFileSync(join(dir, 'udhcpd.leases'), '')
  const rogue = execFile('ip', ['netns', 'exec', outside, busybox, 'udhcpd', '-f', config])
  const served = pid()
  try {
    process.kill(served, 'SIGSTOP')
    assert.match(
      (await ask('02:00:0a:e7:07:99'))?.ip ?? 'nothing',
      /^10\.231\.7\.2[12]\d$/,
      'the other server answers strangers',
    )
    assert.equal(await ask('02:00:0a:e7:07:44'), undefined, 'but never our guest')
  } finally {
    process.kill(served, 'SIGCONT')
    rogue.kill('SIGKILL')
    ip('link', 'del', uplink)
    ip('netns', 'del', outside)
  }
})

test('when the last reservation goes, so do dnsmasq and the table', { skip }, async () => {
  const served = pid()
  await dhcp.release('i-2-2-VM')
  await dhcp.release('i-2-3-VM')
  // Its parent may not have taken note of its end yet: an ended process has no command line.
  assert.equal(existsSync(`/proc/${served}`) ? readFileSync(`/proc/${served}/cmdline`, 'utf8') : '', '')
  assert.doesNotMatch(execFileSync('nft', ['list', 'tables'], { encoding: 'utf8' }), new RegExp(`alto_${id}`))
})
