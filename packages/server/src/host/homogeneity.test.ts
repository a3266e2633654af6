import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostFacts } from '@altostack/agent-api'
import { compareVersions } from '@altostack/core'
import { testFacts } from '../agents/testing/test-agent.ts'
import { readCpuDescription } from './cpu-description.ts'
import { differencesOf, differenceText } from './homogeneity.ts'

const cpu = (model: string, ...features: string[]): string =>
  `<cpu><arch>x86_64</arch><model>${model}</model><vendor>Intel</vendor>${features
    .map((name) => `<feature name='${name}'/>`)
    .join('')}</cpu>`
const facts = (libvirt: string, qemu: string, hostCpuXml = cpu('Skylake-Server', 'vmx', 'pdpe1gb')): HostFacts =>
  testFacts('m', { hypervisor: { kind: 'KVM', libvirt, qemu }, hostCpuXml, acceleration: { kind: 'kvm', reason: '' } })

test('equal hosts and patch levels do not differ', () => {
  assert.deepEqual(differencesOf(facts('9.0.0', '7.2.7'), [{ name: 'a', facts: facts('9.0.4', '7.2.22') }]), [])
  assert.deepEqual(differencesOf(facts('9.0.0', '7.2.7'), []), [])
})

test('each kind of difference names the first host that differs, and both sides', () => {
  const peers = [
    { name: 'a', facts: facts('9.0.0', '7.2.7') },
    { name: 'b', facts: facts('10.0.0', '8.2.0') },
  ]
  const found = differencesOf(facts('9.0.0', '7.2.7', cpu('Broadwell', 'vmx', 'rtm')), peers)
  assert.deepEqual(found.map(differenceText), [
    'libvirt: 9.0.0; b has 10.0.0',
    'QEMU: 7.2.7; b has 8.2.0',
    'CPU: Intel Broadwell with rtm; a has Intel Skylake-Server with pdpe1gb',
  ])
})

test('what is not known, and CPUs that guests never see, are no difference', () => {
  const emulated = { ...facts('', '', cpu('Broadwell')), acceleration: { kind: 'tcg' as const, reason: '' } }
  assert.deepEqual(differencesOf(emulated, [{ name: 'a', facts: facts('9.0.0', '7.2.7') }]), [])
  assert.deepEqual(differencesOf(facts('9.0.0', '7.2.7', ''), [{ name: 'a', facts: facts('9.0.0', '7.2.7') }]), [])
})

test('versions compare by two numbers, as numbers', () => {
  assert.ok(compareVersions('9.10.0', '9.9.3') > 0)
  assert.ok(compareVersions('7.2.22', '8.0') < 0)
  assert.equal(compareVersions('7.2.22', '7.2'), 0)
})

test('a disabled feature of a CPU is none', () => {
  const read = readCpuDescription(`<cpu><model fallback="forbid">X</model><feature policy="disable" name="mpx"/></cpu>`)
  assert.deepEqual(read, { model: 'X', vendor: '', features: new Set() })
  assert.equal(readCpuDescription(''), undefined)
})
