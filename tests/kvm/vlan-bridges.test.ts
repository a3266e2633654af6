import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createLab, type Lab, type Nas, removeLab } from '@altostack/lab'
import { build } from 'esbuild'
import { measured } from '../lab-environment/index.ts'
import { machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { onHost } from '../runbook/host-access.ts'

/**
 * VLAN bridges as the agent makes them, on two kernels that have 802.1Q. The agent's code runs alone: to add two emulated
 * hosts takes ten minutes, which tests/runbook/vlan-machine.test.ts spends. Stations stand for guests.
 */
;(machinesAreTested ? describe : () => {})('VLAN bridges of two kernels', { skip: await whyNoMachine() }, () => {
  let dir = ''
  let lab: Lab
  let nas: Nas

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'alto-vlanbridges-'))
    const began = performance.now()
    lab = await createLab({ dir: join(dir, 'lab'), hosts: 0, machines: 2, nas: true })
    measured('two machine hosts and the storage host are up', performance.now() - began, 'ms')
    nas = lab.nas as Nas
    // The hosts read runtime and program from the storage host: a directory of this machine.
    const shared = join(nas.host.dir, 'data', basename(nas.exports.secondary))
    copyFileSync(process.execPath, join(shared, 'node'))
    await build({
      entryPoints: [join(import.meta.dirname, 'segments-on-host.ts')],
      outfile: join(shared, 'segments.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
      logLevel: 'error',
    })
    for (const name of ['m1', 'm2']) {
      await onHost(lab.host(name), 'mount', '-t', 'nfs4', `${nas.addresses[0]}:${nas.exports.secondary}`, '/mnt')
    }
  })
  after(async () => {
    if (lab !== undefined) await removeLab(join(dir, 'lab'))
    rmSync(dir, { recursive: true, force: true })
  })

  type Placed = { readonly bridge?: string; readonly mtu?: number; readonly code?: string; readonly message?: string }
  async function segments(name: string, ...args: string[]): Promise<Placed> {
    const program = ['/mnt/node', '--disable-warning=ExperimentalWarning', '/mnt/segments.mjs', ...args] as const
    const { stdout, stderr } = await lab.host(name).exec([...program], { timeoutMs: 300_000 })
    const line = stdout.trim().split('\n').at(-1) ?? ''
    if (args[0] === 'release') return {}
    assert.ok(line.startsWith('{'), `${stdout}${stderr}`)
    return JSON.parse(line) as Placed
  }
  const attach = (name: string, instance: string, vlan: number): Promise<Placed> =>
    segments(name, 'attach', instance, randomUUID(), String(vlan), 'cloudbr0')
  const links = (name: string): Promise<string> => onHost(lab.host(name), 'ip', '-d', '-o', 'link')
  async function station(name: string, space: string, bridge: string, address: string): Promise<void> {
    const script = `ip netns add "$1" && ip link add "$1" type veth peer name eth0 netns "$1" &&
      ip link set "$1" master "$2" up && ip -n "$1" addr add "$3/24" dev eth0 && ip -n "$1" link set eth0 up`
    await onHost(lab.host(name), 'sh', '-c', script, 'station', space, bridge, address)
  }
  const ping = async (name: string, space: string, address: string, ...more: string[]): Promise<string> =>
    (await lab.host(name).exec(['ip', 'netns', 'exec', space, 'ping', '-n', '-c', '4', '-W', '3', ...more, address]))
      .stdout

  test('a VLAN reaches from host to host in full packets; another VLAN and the untagged bridge hear nothing', async () => {
    for (const name of ['m1', 'm2']) {
      const placed = await attach(name, 'i-2-1-VM', 701)
      assert.equal(placed.bridge, 'breth0-701', JSON.stringify(placed))
      assert.match(await links(name), /eth0\.701@eth0.* master breth0-701 .*vlan protocol 802\.1Q id 701/)
    }
    assert.equal((await attach('m2', 'i-2-2-VM', 702)).bridge, 'breth0-702')
    await station('m1', 'here', 'breth0-701', '10.67.1.101')
    await station('m2', 'there', 'breth0-701', '10.67.1.102')
    await station('m2', 'apart', 'breth0-702', '10.67.1.103')
    await station('m2', 'bare', 'cloudbr0', '10.67.1.104')
    assert.match(await ping('m1', 'here', '10.67.1.102'), / [1-4] received/)
    assert.match(await ping('m1', 'here', '10.67.1.102', '-M', 'do', '-s', '1472'), / [1-4] received/)
    for (const deaf of ['10.67.1.103', '10.67.1.104']) assert.match(await ping('m1', 'here', deaf), / 0 received/, deaf)
    for (const space of ['apart', 'bare']) {
      assert.match(await ping('m2', space, '10.67.1.101'), / 0 received/, space)
      const heard = await onHost(lab.host('m2'), 'ip', '-n', space, 'neigh', 'show', '10.67.1.101')
      assert.doesNotMatch(heard, /lladdr/)
    }
  })

  test('what the uplink cannot carry is refused by name, and nothing is made', async () => {
    await onHost(lab.host('m1'), 'ip', 'link', 'set', 'eth0', 'mtu', '1400')
    try {
      const refused = await segments('m1', 'attach', 'i-2-3-VM', randomUUID(), '703', 'cloudbr0', '1500')
      assert.equal(refused.code, 'network.mtu', JSON.stringify(refused))
      assert.match(refused.message ?? '', /vlan:\/\/703 .*1500 are needed, eth0 carries 1400/)
    } finally {
      await onHost(lab.host('m1'), 'ip', 'link', 'set', 'eth0', 'mtu', '1500')
    }
    assert.doesNotMatch(await links('m1'), /eth0\.703/)
  })

  test('the last guest takes bridge and port of the VLAN with it', async () => {
    await onHost(lab.host('m1'), 'ip', 'netns', 'del', 'here')
    await segments('m1', 'release', 'i-2-1-VM')
    assert.doesNotMatch(await links('m1'), /701/)
  })
})
