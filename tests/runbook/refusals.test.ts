import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ApiError } from '@altostack/api'
import type { LabHost } from '@altostack/lab'
import {
  type AddHostOptions,
  type LabEnvironment,
  measured,
  startLabEnvironment,
  until,
  whyNoLab,
} from '../lab-environment/index.ts'
import { assertNotRecorded, assertUntouched, onHost, renameBridge } from './host-access.ts'

type LogLine = { readonly msg?: string; readonly code?: string; readonly seen?: string; readonly fix?: string }
type Expected = {
  /** Stable code of the cause. */
  readonly code: string
  /** Words of the answer, which also stand in the server's log. */
  readonly words: RegExp
  readonly seen: RegExp
  readonly fix: RegExp
}

describe('a host that may not be added', { skip: await whyNoLab() }, () => {
  let env: LabEnvironment
  let host: LabHost

  before(async () => {
    env = await startLabEnvironment({ hosts: 1, name: 'refusals', withoutTemplate: true })
    host = env.lab.host('h1')
    // Hosts that join ping each second, so that a lost one is noticed within three.
    await env.client.get('updateConfiguration', { name: 'ping.interval', value: '1' })
  })
  after(async () => await env?.stop())

  /** Dry run and real call must refuse with the same cause; nothing may be left on the host or in the database. */
  async function refuses(options: AddHostOptions | undefined, expected: Expected): Promise<void> {
    const asked = options ?? { username: 'root', password: host.password }
    const before = linesOf(env.server.log()).length
    const [{ dryrun }, error] = await Promise.all([
      env.client.call('addHost', {
        zoneid: env.zone.zoneId,
        podid: env.zone.podId,
        clusterid: env.zone.clusterId,
        hypervisor: 'KVM',
        url: `http://${host.ip}`,
        dryrun: true,
        ...asked,
      }) as Promise<{ dryrun: { refusals: readonly { code: string; seen: string; fix: string }[] } }>,
      addFails(asked, expected.code),
    ])
    const [told] = dryrun.refusals
    assert.equal(told?.code, expected.code, JSON.stringify(dryrun))
    assert.match(told.seen, expected.seen)
    assert.match(told.fix, expected.fix)

    assert.equal(error.errorcode, 530)
    assert.match(error.errortext, expected.words)
    assert.match(error.errortext, expected.fix)
    const line = await until('the refusal stands in the log', 2000, () =>
      linesOf(env.server.log())
        .slice(before)
        .find((one) => expected.words.test(one.msg ?? '') && expected.seen.test(one.seen ?? '')),
    )
    assert.equal(line.code, expected.code)
    assert.match(line.fix ?? '', expected.fix)
    assertNotRecorded(env)
    await assertUntouched(host)
  }

  async function addFails(asked: AddHostOptions, code: string): Promise<ApiError> {
    const began = performance.now()
    const error = await env.addHost('h1', asked).then(
      () => assert.fail('the host was added'),
      (reason: unknown) => reason,
    )
    measured(`refusal.${code}`, performance.now() - began, 'ms')
    assert.ok(error instanceof ApiError, String(error))
    return error
  }

  test('a wrong password and a key that it does not know: Authentication failed', async () => {
    await refuses(
      { username: 'root', password: 'not the password' },
      {
        code: 'host.authentication',
        words: /Authentication failed for root@.*host password/,
        seen: /refused the server's key and the password|Authentication failed/,
        fix: /PasswordAuthentication/,
      },
    )
    await refuses(
      { username: 'root' },
      {
        code: 'host.authentication',
        words: /Authentication failed for root@.*private key/,
        seen: /refused the server's key|Authentication failed/,
        fix: /alto ssh-key/,
      },
    )
  })

  test('a port where nothing listens, an address that nobody has, a host without its cable: Unable to reach host', async () => {
    const unreachable = { code: 'host.unreachable', words: /Unable to reach host/, fix: /cabling and firewall/ }
    const nobody = host.ip.replace(/\.\d+$/, '.250')
    await refuses({ url: `http://${host.ip}:2222`, password: 'x' }, { ...unreachable, seen: /ECONNREFUSED/ })
    await refuses({ url: `http://${nobody}`, password: 'x' }, { ...unreachable, seen: /EHOSTUNREACH|no SSH greeting/ })
    await host.unplug()
    try {
      await refuses(undefined, { ...unreachable, seen: /EHOSTUNREACH|no SSH greeting/ })
    } finally {
      await host.plug()
    }
  })

  test('a user that cannot become root', async () => {
    await refuses(
      { username: 'plain', password: host.password },
      { code: 'host.privilege', words: /cannot become root/, seen: /sudo/, fix: /sudoers/ },
    )
  })

  test('no hardware virtualisation, where the cluster does not allow emulation', async () => {
    const allow = (value: string): Promise<unknown> =>
      env.client.get('updateConfiguration', {
        name: 'alto.kvm.emulation.allowed',
        value,
        clusterid: env.zone.clusterId,
      })
    await allow('false')
    // On a machine with vmx or svm the missing /dev/kvm is the first cause.
    const flags = /vmx|svm/.test(await onHost(host, 'cat', '/proc/cpuinfo'))
    const code = flags ? 'check.kvm' : 'check.virtualisation'
    const words = flags ? /does not have KVM enabled/ : /neither vmx nor svm/
    await refuses(undefined, { code, words, seen: words, fix: /alto\.kvm\.emulation\.allowed/ })
    await allow('true')
  })

  test('libvirtd that does not run', async () => {
    const units = ['libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket', 'libvirtd.service'] as const
    await onHost(host, 'systemctl', 'stop', ...units)
    await refuses(undefined, {
      code: 'check.libvirtd',
      words: /check libvirtd/,
      seen: /libvirtd inactive/,
      fix: /systemctl enable --now libvirtd/,
    })
    await onHost(host, 'systemctl', 'start', 'libvirtd.socket')
  })

  test('a clock that is off', async () => {
    await host.setClock(-30)
    await refuses(undefined, {
      code: 'host.clock',
      words: /check clock: 30\.\d+ s behind|check clock: 29\.\d+ s behind/,
      seen: /s behind the management server/,
      fix: /chrony/,
    })
    await host.setClock(0)
  })

  test('no bridge', async () => {
    await renameBridge(host, 'cloudbr0', 'br0')
    await refuses(undefined, {
      code: 'check.bridge',
      words: /no bridge cloudbr0; the host has br0/,
      seen: /no bridge cloudbr0/,
      fix: /bridge_ports/,
    })
    await renameBridge(host, 'br0', 'cloudbr0')
  })

  test('port 8250 that is closed from the host to the management server', async () => {
    const { agent: port } = env.server.ports
    await onHost(host, 'nft', closedPort(port))
    await refuses(undefined, {
      code: 'check.server-port',
      words: new RegExp(`check server-port: .*:${port} does not answer`),
      seen: /does not answer within 3 s/,
      fix: /iptables, nftables/,
    })
    await onHost(host, 'nft', 'delete', 'table', 'inet', 'closed')
  })

  test('another SSH host key than the one recorded at first contact; the new one can be named', async () => {
    const script = 'rm /etc/ssh/ssh_host_* && ssh-keygen -A && systemctl restart ssh'
    await onHost(host, 'sh', '-c', script)
    await host.waitReady()
    await refuses(undefined, {
      code: 'host.key-changed',
      words: /SSH host key of .* is not the expected one/,
      seen: /expected SHA256:/,
      fix: /hostkey=SHA256/,
    })
    const printed = await onHost(
      host,
      'sh',
      '-c',
      'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done',
    )
    const keys = [...printed.matchAll(/SHA256:\S+/g)].map(([key]) => key)
    const asked = { username: 'root', password: 'wrong' }
    const tried: string[] = []
    for (const hostkey of keys) {
      tried.push(await addFails({ ...asked, hostkey }, 'host.key-named').then((error) => error.errortext))
    }
    // With the key that the host proves, the login is what fails.
    assert.ok(
      tried.some((text) => /Authentication failed/.test(text)),
      tried.join('\n'),
    )
  })

  test('and then it joins by a token that is good for one machine', async () => {
    const token = await env.client.get('createJoinToken', { clusterid: env.zone.clusterId, description: 'runbook' })
    const setting = await env.client.list('listConfigurations', { name: 'alto.agent.package' })
    copyFileSync(String(setting.items[0]?.value), join(String(env.lab.sharedDir), 'agent.deb'))
    await onHost(host, 'dpkg', '-i', '/mnt/shared/agent.deb')
    const parts = JSON.parse(Buffer.from(String(token.token), 'base64url').toString('utf8')) as object
    const forged = Buffer.from(JSON.stringify({ ...parts, secret: 'A'.repeat(43) })).toString('base64url')
    const refused = await host.exec(['altostack-agent', 'join', forged])
    assert.notEqual(refused.code, 0)
    assert.match(refused.stderr, /join token is not valid/)
    assertNotRecorded(env, 1)
    const began = performance.now()
    // By standard input: an argument stands in the list of processes.
    const said = await onHost(host, 'sh', '-c', 'printf %s "$1" | altostack-agent join -', 'join', String(token.token))
    const hostId = /joined as host ([0-9a-f-]{36})/.exec(said)?.[1]
    const added = await until('the host is Up', 30_000, async () => {
      const { items } = await env.client.list('listHosts', { name: 'h1' })
      return items[0]?.state === 'Up' ? items[0] : undefined
    })
    measured('joinByToken', performance.now() - began, 'ms')
    assert.equal(added.id, hostId)
    // Up, it has its identity: nobody gets it a second time, not even by a token that was made for it.
    const own = await env.client.get('createJoinToken', { hostid: String(hostId) })
    for (const used of [token, own]) {
      const again = await host.exec(['altostack-agent', 'join', String(used.token)])
      assert.notEqual(again.code, 0)
      assert.match(again.stderr, /The machine is host h1, which is Up/)
    }
    assert.equal((await env.client.list('listHosts', { type: 'Routing' })).count, 1)
    // An agent that has lost its certificate gets its place back by that token.
    await onHost(host, 'systemctl', 'stop', 'altostack-agent.service')
    await onHost(host, 'sh', '-c', 'rm /etc/cloudstack/agent/cloud.*')
    await until('the host is not Up', 30_000, async () => {
      const { items } = await env.client.list('listHosts', { name: 'h1' })
      return items[0]?.state !== 'Up'
    })
    await onHost(host, 'sh', '-c', 'printf %s "$1" | altostack-agent join -', 'join', String(own.token))
    const timesUp = () => env.rows("SELECT id FROM change_feed WHERE entity = 'Host' AND to_state = 'Up'").length
    await until('the host is Up with its new certificate', 30_000, () => timesUp() === 2)
    assert.deepEqual(env.rows('SELECT used_by_host_uuid FROM join_token WHERE removed IS NULL'), [
      { used_by_host_uuid: hostId },
      { used_by_host_uuid: hostId },
    ])
  })

  test('when 8250 is closed later, the host is not Up and says why; it comes back by itself', async () => {
    const h1 = async () => (await env.client.list('listHosts', { name: 'h1' })).items[0]
    await onHost(host, 'nft', closedPort(env.server.ports.agent))
    const away = await until('the host is not Up', 30_000, async () => {
      const now = await h1()
      return now?.state === 'Up' ? undefined : now
    })
    assert.match(String(away.statecause), /No ping for \d+ s/)
    assert.match(String(away.statefix), /systemctl status cloudstack-agent on it and port 8250/)
    await onHost(host, 'nft', 'delete', 'table', 'inet', 'closed')
    const began = performance.now()
    await until('the host is Up again', 60_000, async () => (await h1())?.state === 'Up')
    measured('portOpenToUp', performance.now() - began, 'ms')
  })
})

/** What the runbook's operators find in nftables: nothing leaves the host for this port. */
function closedPort(port: number): string {
  return `table inet closed { chain out { type filter hook output priority 0; tcp dport ${port} drop; }; }`
}

function linesOf(text: string): LogLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as LogLine]
    } catch {
      return []
    }
  })
}
