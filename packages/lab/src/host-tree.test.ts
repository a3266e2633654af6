import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockEnvironment } from './clock.ts'
import { type HostFile, hostFiles } from './host-tree.ts'

const identity = {
  kind: 'container',
  extraAddresses: [],
  password: 'secret',
  name: 'h2',
  ip: '10.64.7.12',
  serverIp: '10.64.7.1',
  cgroupV1: true,
  machineId: '0123456789abcdef0123456789abcdef',
  authorizedKey: 'ssh-ed25519 AAAA lab',
  passwd: 'root:x:0:0:root:/root:/bin/bash\n',
  shadow: 'root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n',
  group: 'root:x:0:\n',
  passwordHash: '$6$salt$hash&$1',
} as const

function contentOf(files: readonly HostFile[], path: string): string {
  const file = files.find((each) => each.path === path)
  assert.ok(file && 'content' in file, `${path} is a file`)
  return file.content
}

test('a host knows its own name, its address and nobody else', () => {
  assert.equal(contentOf(hostFiles(identity), 'etc/hosts'), '127.0.0.1 localhost\n10.64.7.12 h2\n')
  assert.equal(contentOf(hostFiles(identity), 'etc/resolv.conf'), '')
})

test('the password hash reaches the shadow file as it is, for three accounts', () => {
  const lines = contentOf(hostFiles(identity), 'etc/shadow').trim().split('\n')
  assert.deepEqual(
    lines.filter((line) => line.includes(':$6$salt$hash&$1:')).map((line) => line.split(':')[0]),
    ['root', 'ops', 'plain'],
  )
})

test('libvirt listens on no TCP port and keeps its own user and security settings', () => {
  const settings = ['etc/libvirt/libvirtd.conf', 'etc/libvirt/qemu.conf']
    .flatMap((path) => contentOf(hostFiles(identity), path).split('\n'))
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(' ')[0])
  assert.deepEqual(settings, ['host_uuid_source', 'cgroup_controllers', 'capability_filters'])
})

test('a machine with systemd needs no exception for cgroups', () => {
  const conf = contentOf(hostFiles({ ...identity, cgroupV1: false }), 'etc/libvirt/qemu.conf')
  assert.doesNotMatch(conf, /cgroup_controllers/)
})

test('a shifted clock leaves timers alone', () => {
  assert.equal(clockEnvironment(30).FAKETIME, '+30')
  assert.equal(clockEnvironment(-1.5).FAKETIME, '-1.5')
  assert.equal(clockEnvironment(30).DONT_FAKE_MONOTONIC, '1')
})
