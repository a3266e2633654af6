import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { LabHost } from '@altostack/lab'
import { type LabEnvironment, measured, startLabEnvironment, until, whyNoLab } from '../lab-environment/index.ts'

const execute = promisify(execFile)
type Dryrun = {
  readonly dryrun: {
    readonly steps: readonly { readonly name: string }[]
    readonly refusals: readonly { readonly code: string; readonly seen: string }[]
  }
}

/** The package itself, into the shared directory: lab hosts have no mirror. Undefined where this machine has none either. */
async function fetchIfupdown(sharedDir: string): Promise<string | undefined> {
  const dir = mkdtempSync(join(tmpdir(), 'alto-ifupdown-'))
  try {
    await execute('apt-get', ['download', '-q', 'ifupdown'], { cwd: dir, timeout: 60_000 })
    const [name] = readdirSync(dir)
    if (name === undefined) return undefined
    await copyFile(join(dir, name), join(sharedDir, 'ifupdown.deb'))
    return '/mnt/shared/ifupdown.deb'
  } catch {
    return undefined
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

describe('alto host bridge: the address moves onto a bridge, and comes back when the host is lost by it', {
  skip: await whyNoLab(),
}, () => {
  let env: LabEnvironment

  before(async () => {
    env = await startLabEnvironment({ hosts: 2, name: 'bridge', withoutTemplate: true })
    await env.client.get('updateConfiguration', { name: 'alto.host.bridge.rollback', value: '15' })
  })
  after(async () => await env?.stop())

  const on = async (host: LabHost, script: string): Promise<string> => {
    const end = await host.exec(['sh', '-c', script], { timeoutMs: 60_000 })
    assert.equal(end.code, 0, `${script}: ${end.stderr}${end.stdout}`)
    return end.stdout
  }
  const asked = (host: LabHost) => ({
    url: `http://${host.ip}`,
    username: 'root',
    password: host.password,
    nic: 'eth0',
  })
  const addressesOn = async (host: LabHost, link: string): Promise<string> =>
    (await host.exec(['ip', '-4', '-o', 'address', 'show', 'dev', link])).stdout

  /** A host as it comes from an installer: the address on eth0, kept by `configure`. */
  async function plain(host: LabHost, configure: string): Promise<void> {
    await on(
      host,
      `sed -i '/cloudbr0/d; /ip route/d' /usr/local/sbin/lab-net; ip link delete cloudbr0; ip address flush dev eth0; ${configure}`,
    )
    await until(`${host.name} has its address on eth0`, 30_000, async () =>
      (await addressesOn(host, 'eth0')).includes(host.ip),
    )
  }

  /** Shown first, lost once and back, then kept. */
  async function proves(host: LabHost, backend: string): Promise<void> {
    const shown = (await env.client.call('createHostBridge', { ...asked(host), dryrun: true })) as unknown as Dryrun
    assert.deepEqual(shown.dryrun.refusals, [])
    assert.ok(
      shown.dryrun.steps.some(({ name }) => name.includes(`(${backend})`) && name.includes('cloudbr0')),
      JSON.stringify(shown),
    )
    assert.ok((await addressesOn(host, 'eth0')).includes(host.ip), 'dryrun has changed something')

    // What a switch does that does not let the bridge's frames through: seen only once eth0 is a port.
    await on(
      host,
      `nft 'add table bridge lost; add chain bridge lost in { type filter hook prerouting priority 0; }; add rule bridge lost in drop'`,
    )
    const began = performance.now()
    await assert.rejects(env.client.run('createHostBridge', asked(host), { timeoutMs: 120_000 }), /goes back by itself/)
    await until(`${host.name} is back on eth0`, 60_000, async () => {
      const [address, links] = [await addressesOn(host, 'eth0'), await host.exec(['ip', 'link', 'show', 'cloudbr0'])]
      return address.includes(host.ip) && links.code !== 0
    })
    measured(`bridge.${backend}.rollback`, performance.now() - began, 'ms')
    await on(host, `nft 'delete table bridge lost'`)
    await until(`${host.name} answers again`, 30_000, async () => {
      const { dryrun } = (await env.client.call('createHostBridge', {
        ...asked(host),
        dryrun: true,
      })) as unknown as Dryrun
      return dryrun.refusals.length === 0
    })

    const kept = performance.now()
    const made = await env.client.run('createHostBridge', asked(host), { timeoutMs: 120_000 })
    measured(`bridge.${backend}.made`, performance.now() - kept, 'ms')
    assert.deepEqual([made.bridge, made.backend, made.changed], ['cloudbr0', backend, true])
    assert.ok((await addressesOn(host, 'cloudbr0')).includes(host.ip))
    assert.ok(!(await addressesOn(host, 'eth0')).includes(host.ip))
    // The timer would take it back by now.
    assert.notEqual((await host.exec(['systemctl', 'is-active', '-q', 'altostack-bridge-rollback.timer'])).code, 0)
    const again = await env.client.run('createHostBridge', asked(host), { timeoutMs: 60_000 })
    assert.equal(again.changed, false)
  }

  test('a NIC that is none, one of another bridge, a name that is none: refused with the reason', async () => {
    const host = env.lab.host('h1')
    const refused = async (more: object): Promise<string> => {
      const { dryrun } = (await env.client.call('createHostBridge', {
        ...asked(host),
        ...more,
        dryrun: true,
      })) as unknown as Dryrun
      return `${dryrun.refusals[0]?.code} ${dryrun.refusals[0]?.seen}`
    }
    assert.match(await refused({ nic: 'eth7' }), /host\.bridge .*no NIC eth7/)
    assert.match(await refused({ bridge: 'br9' }), /host\.bridge .*eth0 is a port of cloudbr0/)
    assert.match(await refused({ nic: 'a;b' }), /host\.bridge .*no name of an interface/)
  })

  test('systemd-networkd', async () => {
    const host = env.lab.host('h1')
    const file = `[Match]\\nName=eth0\\n[Network]\\nAddress=${host.ip}/24\\nGateway=${env.lab.serverIp}\\n`
    await plain(
      host,
      `printf '${file}' > /etc/systemd/network/20-eth0.network; systemctl unmask -q systemd-networkd; systemctl enable -q systemd-networkd; systemctl restart systemd-networkd`,
    )
    await proves(host, 'networkd')
    // It is the host's own configuration: it is there after a boot.
    await host.off()
    await host.start()
    await host.waitReady()
    assert.ok((await addressesOn(host, 'cloudbr0')).includes(host.ip))
  })

  test('ifupdown', async (t) => {
    const host = env.lab.host('h2')
    const deb = await fetchIfupdown(env.lab.sharedDir ?? '')
    if (deb === undefined) return t.skip('ifupdown cannot be downloaded here')
    const file = `auto lo\\niface lo inet loopback\\nauto eth0\\niface eth0 inet static\\n    address ${host.ip}/24\\n    gateway ${env.lab.serverIp}\\n`
    await on(host, `dpkg -i ${deb} && printf '${file}' > /etc/network/interfaces`)
    await plain(host, 'ifup --force eth0')
    await proves(host, 'ifupdown')
    // addHost finds the bridge that it needs.
    const added = await env.addHost('h2')
    assert.equal(added.state, 'Up')
  })
})
