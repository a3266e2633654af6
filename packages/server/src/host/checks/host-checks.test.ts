import assert from 'node:assert/strict'
import test from 'node:test'
import { trialGuestRan } from '@altostack/agent-api'
import type { RemoteEnd } from '../ssh/connect.ts'
import { type CheckPlace, hostChecks } from './index.ts'

const place: CheckPlace = {
  clusterName: 'c1',
  arch: 'x86_64',
  distributions: ['Debian GNU/Linux'],
  emulationAllowed: false,
  bridge: 'cloudbr0',
  server: { host: '10.0.0.1', port: 8250 },
}
const end = (stdout: string, code = 0, stderr = ''): RemoteEnd => ({ code, stdout, stderr })
const debian = 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
const df = (usr: number, variable: number): string =>
  `Filesystem 1-blocks Used Available Capacity Mounted on\n/dev/a 9 9 ${usr} 1% /usr\n/dev/a 9 9 ${variable} 1% /var\n`

/** What each check is shown, what it must say, and a word of what it saw. */
const cases: readonly (readonly [string, RemoteEnd, string, RegExp, Partial<CheckPlace>?])[] = [
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
  ['bridge', end('virbr0\ncloudbr0\n'), 'ok', /cloudbr0/],
  ['bridge', end('virbr0\n'), 'fail', /no bridge cloudbr0; the host has virbr0/],
  ['server-port', end(''), 'ok', /10.0.0.1:8250/],
  ['server-port', end('', 124), 'fail', /within 3 s/],
  ['server-port', end('', 1, 'bash: connect: Connection refused'), 'fail', /refused/],
  ['space', end(df(2e9, 2e9)), 'ok', /1907 MiB/],
  ['space', end(df(2e9, 1e6)), 'fail', /\/var: 0 MiB/],
  ['space', end('nonsense'), 'fail', /nonsense/],
  ['kvm', end('', trialGuestRan), 'ok', /ran/],
  ['kvm', end('', 90), 'fail', /does not have KVM enabled/],
  ['kvm', end('', 91), 'warn', /not installed/],
  ['kvm', end('', 137), 'fail', /no end within 3 s/],
  ['kvm', end('', 137), 'warn', /allowed/, { emulationAllowed: true }],
]

test('every check judges what it is shown: status, what was seen, a code and a fix when not ok', () => {
  for (const [name, shown, status, seen, change] of cases) {
    const check = hostChecks.find((one) => one.name === name)
    assert.ok(check, name)
    const result = check.judge(shown, { ...place, ...change }, { sent: 999_990, answered: 1_000_010 })
    assert.equal(result.status, status, `${name}: ${JSON.stringify(result)}`)
    assert.match(result.seen, seen)
    assert.equal(result.status === 'ok', result.fix === undefined)
    assert.equal(result.status === 'ok', result.code === undefined)
  }
  assert.deepEqual(new Set(cases.map(([name]) => name)), new Set(hostChecks.map((check) => check.name)))
})
