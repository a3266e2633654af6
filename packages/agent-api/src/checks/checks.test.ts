import assert from 'node:assert/strict'
import test from 'node:test'
import { trialGuestRan } from '../trial-guest.ts'
import { type CheckSubject, subjectOf } from './check-subject.ts'
import type { ProgramEnd } from './define-check.ts'
import { hostChecks } from './index.ts'
import { checkResultOf, runHostChecks } from './run-checks.ts'

const pool = {
  uuid: 'a1b2',
  name: 'nfs1',
  type: 'NetworkFilesystem',
  path: '/mnt/a1b2',
  server: '10.0.0.9',
  export: '/export/p',
}
const subject = subjectOf({
  clusterName: 'c1',
  distributions: ['Debian GNU/Linux'],
  emulationAllowed: false,
  servers: [{ host: '10.0.0.1', port: 8250 }],
  joined: true,
  hostUuid: '0f5d7c9e-0000-4000-8000-000000000000',
  agentVersion: '0.1.0',
  peers: [{ name: 'h2', address: '10.0.0.12', libvirt: '9.0.0', qemu: '7.2.22' }],
  pools: [pool],
  ranges: [{ name: 'network guests', first: '192.168.122.100', last: '192.168.122.120' }],
})
const end = (stdout: string, code = 0, stderr = ''): ProgramEnd => ({ code, stdout, stderr })
const debian = 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
const df = (...free: number[]): string => free.map((bytes, at) => `/p${at} /dev/a 9 9 ${bytes} 1% /\n`).join('')
const unit = (more: string): string =>
  `LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nResult=success\nNRestarts=0\n${more}`
const ring = (rx: number, missed = 0): string =>
  `port eth0 up 1 0\nmissed ${missed}\nRing parameters for eth0:\nPre-set maximums:\nRX:\t\t4096\nRX Mini:\tn/a\nTX:\t\t4096\nCurrent hardware settings:\nRX:\t\t${rx}\nTX:\t\t256\n`
const rules = (rule: string): string =>
  `firewalld inactive\nufw inactive\n----8<----\n{"nftables":[{"chain":{"family":"inet","table":"f","name":"out","hook":"output","policy":"accept"}},{"chain":{"family":"inet","table":"f","name":"in","hook":"input","policy":"drop"}},${rule}]}`
const drop = (chain: string, field: string, port: number, more = ''): string =>
  `{"rule":{"family":"inet","table":"f","chain":"${chain}","handle":4,"expr":[${more}{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"${field}"}},"right":${port}}},{"drop":null}]}}`
const accept = `{"rule":{"family":"inet","table":"f","chain":"in","handle":9,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[22,{"range":[100,200]}]}}},{"accept":null}]}}`
const portmapper =
  '10.0.0.9    program vers proto   port  service\n10.0.0.9     100000    4   tcp    111  portmapper\n10.0.0.9     100003    3   tcp   2049  nfs\n10.0.0.9     100003    4   tcp   2049  nfs\n'
const lun = { uuid: 'u1', name: 'lun', type: 'IscsiLUN', path: '/dev/alto_1' }
const mounted = (marker: string, kind = 'nfs4 10.0.0.9:/export/p rw,vers=4.2'): string =>
  `${pool.path} dir\n${pool.path} on ${kind}\n${pool.path} mountpoint\n${pool.path} marker ${marker}\n`

/** What each check is shown, what it must say, and a word of what it saw or advises. Outputs are recorded ones. */
const cases: readonly (readonly [string, ProgramEnd, string, RegExp, Partial<CheckSubject>?])[] = [
  ['clock', end('1000400\n'), 'ok', /0.40 s ahead/],
  ['clock', end('1001500\n'), 'fail', /1.50 s ahead/],
  ['clock', end('995000\n'), 'fail', /5.00 s behind/],
  ['clock', end('', 1, 'date: what?'), 'fail', /what/],
  ['distribution', end(debian), 'ok', /Debian GNU\/Linux 12/],
  ['distribution', end(debian.replace('"12"', '"11"')), 'fail', /11/],
  ['distribution', end('NAME="Fedora Linux"\nID=fedora\nVERSION_ID=40\n'), 'fail', /Fedora Linux 40/],
  ['distribution', end(debian), 'fail', /Rocky/, { distributions: ['Rocky Linux'] }],
  ['architecture', end('x86_64\n'), 'ok', /x86_64/],
  ['architecture', end('aarch64\n'), 'fail', /c1 is x86_64/],
  ['other-agent', end('', 1, 'no packages found'), 'ok', /no cloudstack-agent/],
  ['other-agent', end('installed 4.20.0\n'), 'fail', /4.20.0/],
  ['name', end('n1\n3\n0\n10.0.0.5 STREAM n1\n'), 'ok', /10.0.0.5 after 3 ms/],
  ['name', end('n1\n4000\n0\n10.0.0.5 STREAM n1\n'), 'fail', /4000 ms/],
  ['name', end('n1\n5000\n124\n\n'), 'fail', /does not resolve/],
  ['virtualisation', end('vmx\n'), 'ok', /vmx/],
  ['virtualisation', end('', 1), 'fail', /neither/],
  ['virtualisation', end('', 1), 'warn', /allowed/, { emulationAllowed: true }],
  ['libvirtd', end('active\ninactive\nactive\ninactive\n', 3), 'ok', /libvirtd is active/],
  ['libvirtd', end('inactive\ninactive\nactive\ninactive\n', 3), 'ok', /socket/],
  ['libvirtd', end('inactive\nactive\ninactive\nactive\n', 3), 'ok', /virtqemud is active/],
  ['libvirtd', end('inactive\ninactive\ninactive\ninactive\n', 3), 'fail', /libvirtd inactive/],
  ['libvirtd', end('failed\ninactive\nactive\ninactive\n', 3), 'fail', /failed/],
  ['libvirtd', end('', 127, 'systemctl: not found'), 'fail', /not found/],
  [
    'libvirt-version',
    end('libvirt libvirtd (libvirt) 9.0.0\nqemu QEMU emulator version 7.2.22\n'),
    'ok',
    /as the cluster/,
  ],
  [
    'libvirt-version',
    end('libvirt libvirtd (libvirt) 10.3.0\nqemu QEMU emulator version 8.2\n'),
    'warn',
    /h2 .* 9.0.0/,
  ],
  [
    'libvirt-version',
    end('libvirt libvirtd (libvirt) 6.0.0\nqemu QEMU emulator version 4.2\n'),
    'fail',
    /oldest .* 9.0/,
  ],
  ['libvirt-version', end('libvirt \nqemu \n'), 'warn', /not installed yet/],
  ['bridge', end('virbr0\ncloudbr0\n'), 'ok', /cloudbr0/],
  ['bridge', end('virbr0\n'), 'fail', /no bridge cloudbr0; the host has virbr0/],
  ['uplink', end('port eth0 up 1 1500\nport vnet3 unknown 1 1500\nbridge up 1500\n'), 'ok', /eth0 up/],
  ['uplink', end('port eth0 down 0 1500\nbridge down 1500\n'), 'fail', /eth0 down, no carrier/],
  ['uplink', end('port vnet3 unknown 1 1500\nbridge up 1500\n'), 'warn', /no NIC/],
  ['uplink', end('bridge  \n'), 'fail', /there is no cloudbr0/],
  ['server-port', end('10.0.0.1 8250 0 \n'), 'ok', /10.0.0.1:8250/],
  ['server-port', end('10.0.0.1 8250 124 \n'), 'fail', /within 3 s/],
  ['server-port', end('10.0.0.1 8250 1 bash: connect: Connection refused\n'), 'fail', /refuses/],
  ['server-port', end(''), 'fail', /no management server/, { servers: [] }],
  ['mtu', end('local 1500\n10.0.0.1 1472\n10.0.0.12 1472\n'), 'ok', /h2: 1500/],
  ['mtu', end('local 1500\n10.0.0.1 1472\n10.0.0.12 1372\n10.0.0.12 56\n'), 'fail', /largest that passes is 1400/],
  ['mtu', end('local 1500\n10.0.0.1 1522\n10.0.0.12 1472\n'), 'fail', /1550 bytes are lost/, { underlayMtu: 1550 }],
  ['mtu', end('local 1500\n10.0.0.1 1472\n'), 'warn', /h2 .* does not answer ping/],
  ['mtu', end('', 127), 'warn', /not installed/],
  ['firewall', end(rules('{}')), 'ok', /no rule/],
  ['firewall', end(rules(drop('out', 'dport', 8250))), 'fail', /inet f out handle 4 .*blocks 8250/],
  ['firewall', end(rules(drop('in', 'sport', 8250))), 'fail', /handle 4 .*blocks 8250/],
  ['firewall', end(rules(drop('in', 'dport', 49160))), 'fail', /49152-49215/],
  [
    'firewall',
    end(
      rules(
        drop(
          'in',
          'dport',
          16514,
          '{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"10.0.0.3"}},',
        ),
      ),
    ),
    'warn',
    /under its conditions/,
  ],
  ['firewall', end(rules(drop('in', 'dport', 443))), 'ok', /no rule/],
  ['firewall', end(rules(accept)), 'fail', /policy drop.*16514/],
  ['firewall', end(`firewalld active\nufw inactive\n----8<----\n{"nftables":[]}`), 'warn', /firewalld rules this host/],
  ['firewall', end('----8<----\nsh: nft: not found'), 'ok', /not installed/],
  ['guard', end('Error: No such file or directory', 0), 'ok', /not hardened/],
  ['guard', end('Error: No such file or directory', 0), 'warn', /is gone/, { guard: ['10.0.0.1'] }],
  ['guard', end('elements = { 10.0.0.1 }\n chain input {'), 'ok', /1 addresses/, { guard: ['10.0.0.1'] }],
  [
    'guard',
    end('elements = { 10.0.0.1 }\n chain input {'),
    'warn',
    /lacks 10.0.0.12/,
    { guard: ['10.0.0.1', '10.0.0.12'] },
  ],
  ['public-address', end('3: cloudbr0 inet 10.0.0.5/24 brd 10.0.0.255 scope global cloudbr0\n'), 'ok', /10.0.0.5/],
  ['public-address', end('3: cloudbr0 inet 203.0.113.7/24 scope global cloudbr0\n'), 'warn', /203.0.113.7/],
  ['public-address', end('3: cloudbr0 inet6 2a01:4f8::7/64 scope global\n'), 'warn', /2a01/],
  ['default-network', end(''), 'ok', /no network of libvirt/],
  [
    'default-network',
    end('5: virbr0    inet 192.168.122.1/24 brd 192.168.122.255 scope global virbr0\n'),
    'warn',
    /network guests/,
  ],
  ['default-network', end('5: virbr0    inet 192.168.123.1/24 scope global virbr0\n'), 'ok', /virbr0/],
  ['space', end(df(2e9, 2e9)), 'ok', /1907 MiB/],
  ['space', end(df(2e9, 1e6)), 'fail', /\/p1: 0 MiB/],
  ['space', end(df(2e9, 5e8)), 'warn', /476 MiB/],
  ['space', end(df(2e9, 2e8)), 'fail', /300 MiB are needed/, { joined: false }],
  ['space', end('nonsense'), 'fail', /nonsense/],
  ['kvm', end('', trialGuestRan), 'ok', /ran/],
  ['kvm', end('', 90), 'fail', /does not have KVM enabled/],
  ['kvm', end('', 91), 'warn', /not installed/],
  ['kvm', end('', 137), 'fail', /no end within 3 s/],
  ['kvm', end('', 137), 'warn', /allowed/, { emulationAllowed: true }],
  ['agent-service', end(unit('')), 'ok', /active \(running\), enabled/],
  ['agent-service', end(unit('').replace('=active', '=failed').replace('success', 'exit-code')), 'fail', /exit-code/],
  ['agent-service', end(unit('').replace('=enabled', '=disabled')), 'warn', /does not start at boot/],
  ['agent-service', end(unit('').replace('NRestarts=0', 'NRestarts=9')), 'warn', /9 times/],
  ['agent-service', end('LoadState=masked\nActiveState=inactive\nUnitFileState=masked\n'), 'fail', /masked/],
  ['agent-service', end('LoadState=not-found\nActiveState=inactive\n'), 'fail', /not installed/],
  ['agent-service', end('LoadState=not-found\n'), 'ok', /something else/, { selfSeen: true }],
  ['agent-settings', end('host=10.0.0.1:8250\nprivate.network.device=cloudbr0\n'), 'ok', /10.0.0.1/],
  ['agent-settings', end('host=10.0.0.7\n'), 'fail', /management server is 10.0.0.1/],
  ['agent-settings', end('', 1), 'fail', /no host=/],
  ['agent-settings', end('host=10.0.0.1\nprivate.network.device=br9\n'), 'warn', /br9/],
  ['agent-settings', end('', 2, 'grep: no such file'), 'fail', /no such file/],
  ['runtime', end('0.1.0\n'), 'ok', /0.1.0/],
  ['runtime', end('0.0.9\n'), 'warn', /server brings 0.1.0/],
  ['runtime', end('', 127, 'sh: altostack-agent: GLIBC_2.38 not found'), 'fail', /GLIBC/],
  ['file-modes', end('600 0 /etc/cloudstack/agent/cloud.key\n711 0 /var/lib/libvirt/images\n'), 'ok', /2 paths/],
  ['file-modes', end('644 0 /etc/cloudstack/agent/cloud.key\n'), 'fail', /cloud.key is 644: everybody/],
  ['file-modes', end('700 0 /var/lib/libvirt/images\n'), 'fail', /images is 700.*755/],
  ['file-modes', end('640 33 /etc/cloudstack/agent/agent.properties\n'), 'fail', /of user 33/],
  ['mount', end(mounted('{"pool":"a1b2"}')), 'ok', /nfs4 10.0.0.9/],
  ['mount', end(`${pool.path} dir\n${pool.path} on ext4 /dev/sda1 rw\n${pool.path} marker \n`), 'fail', /not mounted/],
  ['mount', end(mounted('', 'tmpfs tmpfs rw')), 'fail', /mounted over it/],
  ['mount', end(mounted('{"pool":"ffff"}')), 'fail', /another pool/],
  ['mount', end(`${pool.path} absent\n`), 'fail', /no such directory/],
  ['mount', end(''), 'fail', /hangs/],
  ['root-write', end(`${pool.path} wrote 0\n`), 'ok', /root writes/],
  ['root-write', end(`${pool.path} wrote 65534\n`), 'fail', /squashes root/],
  [
    'root-write',
    end(`${pool.path} refused sh: 3: cannot create /mnt/a1b2/.x: Permission denied\n`),
    'fail',
    /squashes root/,
  ],
  [
    'root-write',
    end(`${pool.path} refused sh: cannot create /mnt/a1b2/.x: Read-only file system\n`),
    'fail',
    /Read-only/,
  ],
  ['root-write', end(`${pool.path} refused sh: write error: No space left on device\n`), 'fail', /No space/],
  ['root-write', end(''), 'fail', /does not come back/],
  ['migration-port', end('port LISTEN 0 30 *:16514 *:*\nLoadState=loaded\n'), 'ok', /16514 is open/],
  ['migration-port', end('port \nLoadState=loaded\n'), 'fail', /nobody listens/],
  ['migration-port', end('off\n'), 'ok', /not asked for/],
  ['volume-group', end('  alto_1 alto.pool=u1,x\n  debian \n'), 'ok', /alto_1/, { pools: [lun] }],
  ['volume-group', end('  debian \n'), 'fail', /not on the host.*iscsiadm/s, { pools: [lun] }],
  ['volume-group', end('sh: 1: vgs: not found', 127), 'fail', /vgs: not found/, { pools: [lun] }],
  ['volume-group', end('  alto_1 alto.pool=u2\n'), 'fail', /another pool: alto.pool=u2/, { pools: [lun] }],
  // A disk that is none of a directory is no directory that is missing.
  ['mount', end(''), 'ok', /no pool/, { pools: [lun] }],
  ['nfs-port', end('10.0.0.9 0 \n'), 'ok', /2049 answers/],
  ['nfs-port', end('10.0.0.9 124 \n'), 'fail', /within 3 s/],
  ['nfs-port', end('10.0.0.9 1 bash: connect: Connection refused\n'), 'fail', /refused/],
  ['nfs-rpc', end(portmapper), 'ok', /version 3, 4/],
  [
    'nfs-rpc',
    end("10.0.0.9 rpcinfo: can't contact portmapper: RPC: Remote system error - Connection refused\n"),
    'warn',
    /portmapper/,
  ],
  ['nfs-export', end('10.0.0.9 /export/p 10.0.0.0/24\n'), 'ok', /is exported/],
  ['nfs-export', end('10.0.0.9 /export/q *\n'), 'fail', /exports \/export\/q/],
  ['nfs-export', end('10.0.0.9 clnt_create: RPC: Program not registered\n'), 'warn', /Program not registered/],
  ['kernel-rpc', end('5000\n'), 'ok', /no trouble/],
  [
    'kernel-rpc',
    end('5000\n[ 4000.123456] nfs: server 10.0.0.9 not responding, still trying\n'),
    'fail',
    /not responding/,
  ],
  [
    'kernel-rpc',
    end('5000\n[ 4000.1] nfs: server 10.0.0.9 not responding, still trying\n[ 4100.1] nfs: server 10.0.0.9 OK\n'),
    'ok',
    /no trouble/,
  ],
  ['kernel-rpc', end('9000\n[ 4000.1] nfs: server 10.0.0.9 not responding, still trying\n'), 'ok', /no trouble/],
  [
    'kernel-rpc',
    end(
      '5000\n[ 4900.1] RPC: fragment too large: 1195725856\n[ 4901.0] NFS: state manager: lease expired failed on NFSv4 server 10.0.0.9 with error 13\n',
    ),
    'warn',
    /error 13/,
  ],
  ['selinux', end('mode none\n'), 'ok', /no SELinux/],
  ['selinux', end('mode Enforcing\nvirt_use_nfs --> on\n'), 'ok', /enforcing/],
  ['selinux', end('mode Permissive\n'), 'ok', /permissive: accepted/],
  ['selinux', end('mode Enforcing\nvirt_use_nfs --> off\n'), 'fail', /virt_use_nfs is off/],
  ['selinux', end('mode Enforcing\nvirt_use_nfs --> off\n'), 'ok', /enforcing/, { pools: [] }],
  [
    'selinux',
    end('mode Enforcing\nvirt_use_nfs --> on\ntype=AVC msg=audit(1.2:3): avc:  denied  { read } for comm="qemu-kvm"\n'),
    'warn',
    /denied/,
  ],
  ['ring-buffers', end(ring(256)), 'ok', /rx 256 of 4096/],
  ['ring-buffers', end(ring(80)), 'warn', /rx 80 of 4096/],
  ['ring-buffers', end(ring(256, 12)), 'warn', /12 packets missed/],
  ['ring-buffers', end('port eth0 up 1 0\nmissed 0\n'), 'ok', /no NIC with ring/],
  ['ring-buffers', end('missing\n'), 'ok', /ethtool is not installed/],
  ['services', end('ssh.service\nlibvirtd.service\n'), 'ok', /2 services/],
  ['services', end('ssh.service\navahi-daemon.service\n'), 'warn', /avahi-daemon.service \(announces/],
]

const times = { sent: 999_990, answered: 1_000_010 }

test('every check of the host judges what it is shown: status, what was seen, a code and a fix when not ok', () => {
  for (const [name, shown, status, seen, change] of cases) {
    const check = hostChecks.find((one) => one.name === name)
    assert.ok(check?.judge, name)
    const result = checkResultOf(check, check.judge(shown, { ...subject, ...change }, times))
    assert.equal(result.status, status, `${name}: ${JSON.stringify(result)}`)
    assert.match(`${result.seen} ${result.fix ?? ''}`, seen)
    assert.equal(result.status === 'ok', result.fix === undefined)
    assert.equal(result.status === 'ok', result.code === undefined)
    assert.notEqual(result.fix, '', `${name} has no fix for ${result.code}`)
  }
  const ofHost = hostChecks.filter(({ seenBy }) => seenBy === 'host').map(({ name }) => name)
  assert.deepEqual(new Set([...cases.map(([name]) => name), 'certificate']), new Set(ofHost))
})

test('names are unique, and each check says what it proves', () => {
  const names = hostChecks.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { proves, name } of hostChecks) assert.match(proves, /\.$/, name)
})

test('a program that hangs or cannot run has failed by name; the others are answered', async () => {
  const chosen = hostChecks.filter(({ name }) => ['mount', 'name', 'architecture', 'clock'].includes(name))
  const order: string[] = []
  const results = await runHostChecks(chosen, subject, {
    now: () => 1_000_000,
    parallel: 2,
    async run(args) {
      order.push(args[0] ?? '')
      if (args[0] === 'date') return end('1000000\n')
      if (args[0] === 'uname') return end('x86_64\n')
      throw new Error('no end within 4000 ms')
    },
  })
  assert.deepEqual(
    results.map(({ name, status, code }) => [name, status, code]),
    [
      ['clock', 'ok', undefined],
      ['architecture', 'ok', undefined],
      ['name', 'fail', 'host.check-unreadable'],
      ['mount', 'fail', 'pool.unreachable'],
    ],
  )
  assert.equal(order[0], 'date', 'what measures time is looked at first')
})
