import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCpuInfo, parseOsRelease } from '../facts/machine.ts'
import { parseInterfaces } from '../network/interfaces.ts'
import { parseServer, parseServerList } from '../trust/server-address.ts'

const cpuinfo = (flags: string): string =>
  [0, 1, 2, 3]
    .map(
      (cpu) =>
        `processor\t: ${cpu}\nmodel name\t: Fast CPU\ncpu MHz\t\t: ${2000 + cpu}.4\nphysical id\t: ${cpu % 2}\nflags\t\t: fpu ${flags} sse2\n`,
    )
    .join('\n')

test('/proc/cpuinfo tells sockets, cores, speed and the flag', () => {
  assert.deepEqual(parseCpuInfo(cpuinfo('vmx')), {
    sockets: 2,
    cores: 4,
    mhz: 2003,
    model: 'Fast CPU',
    virtualisationFlag: true,
  })
  assert.equal(parseCpuInfo('').cores, 1)
})

test('server lists are read as CloudStack writes them', () => {
  assert.deepEqual(parseServerList('10.0.0.1, mgmt2:9250,[fd00::1]@roundrobin', 8250), [
    '10.0.0.1:8250',
    'mgmt2:9250',
    '[fd00::1]:8250',
  ])
  assert.deepEqual(parseServer('[fd00::1]:1'), { host: 'fd00::1', port: 1 })
  for (const bad of ['', 'a b', 'h:99999', 'http://h']) assert.throws(() => parseServer(bad), bad)
})

test('os-release and ip are read', () => {
  assert.deepEqual(parseOsRelease('NAME="Debian GNU/Linux"\nVERSION_ID="12"\n'), {
    name: 'Debian GNU/Linux',
    version: '12',
  })
  const text = JSON.stringify([
    { ifname: 'lo', mtu: 65536, addr_info: [{ family: 'inet', local: '127.0.0.1', scope: 'host' }] },
    {
      ifname: 'cloudbr0',
      mtu: 9000,
      address: '02:00:00:00:00:01',
      linkinfo: { info_kind: 'bridge' },
      addr_info: [
        { family: 'inet6', local: 'fe80::1', scope: 'link' },
        { family: 'inet6', local: 'fd00::1', scope: 'global' },
        { family: 'inet', local: '10.0.0.1', scope: 'global' },
      ],
    },
    { ifname: 'vnet3', mtu: 1500, addr_info: [] },
  ])
  assert.deepEqual(parseInterfaces(text), [
    { name: 'cloudbr0', mac: '02:00:00:00:00:01', mtu: 9000, addresses: ['10.0.0.1', 'fd00::1'], bridge: true },
  ])
})
