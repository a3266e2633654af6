import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { GuestData, NicSpec } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { configDriveFiles } from '../../packages/agent/src/config-drive/files.ts'
import { silentLog } from '../../packages/agent/src/log.ts'
import { type GuestNetwork, openGuestNetwork } from '../../packages/agent/src/network/guest-network.ts'
import { openStateDatabase } from '../../packages/agent/src/state-database.ts'
import { cannotLink, ip, type LinkGuest, linkGuest } from '../../packages/agent/tests/link-guest.ts'
import { cloudInitTree } from '../../tools/guest-image/cloud-tree.ts'

const id = randomUUID().slice(0, 5)
const bridge = `altoc${id}`
const networkUuid = randomUUID()
const nic: NicSpec = {
  nicUuid: randomUUID(),
  deviceId: 0,
  mac: '02:00:0a:e8:07:50',
  bridge,
  model: 'virtio',
  networkUuid,
  addresses: ['10.232.7.80'],
  dhcp: {
    networkUuid,
    address: '10.232.7.80',
    netmask: '255.255.255.0',
    gateway: '10.232.7.1',
    dns: ['10.232.7.53'],
    hostName: 'web-80',
  },
}
const data: GuestData = {
  version: 1,
  instanceId: randomUUID(),
  hostName: 'web-80',
  publicKeys: [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1heWJlVGhpc0lzQUtleU9mMzJCeXRlc0luQWxsISEh me@here',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE1heWJlVGhpc0lzQUtleU9mMzJCeXRlc0luQWxsISEi',
  ],
  availabilityZone: 'zone1',
  serviceOffering: 'Tiny',
  cloudIdentifier: 'CloudStack-{1}',
  userData: Buffer.from('#!/bin/sh\necho "told by $(hostname)" > /var/told\n').toString('base64'),
  password: 'S3cret!pass',
}

/** The stages of a boot in their order, as systemd would start them. */
const stages = `set -e
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
hostname unnamed
if [ "$1" = CloudStack ]; then dhclient -1 -v -lf /var/lib/dhcp/dhclient.eth.leases -pf /run/dhclient.pid eth; fi
echo "datasource_list: [ $1 ]" > /etc/cloud/cloud.cfg.d/95_stage.cfg
echo "network: {config: disabled}" >> /etc/cloud/cloud.cfg.d/95_stage.cfg
cloud-init init --local || true
cloud-init init || true
cloud-init modules --mode=config || true
cloud-init modules --mode=final || true
echo "host $(hostname)"
echo "source $(cloud-init query platform 2>/dev/null)"
`

const everything = process.env.ALTO_TEST_FULL === '1'

/**
 * Debian's own cloud-init asks our DHCP and metadata, and reads our config drive. The guest is Debian's tree in namespaces
 * of its own on a bridge of guests: everything but the boot of a kernel.
 */
;(everything ? describe : () => {})("Debian's cloud-init", { skip: everything && cannotLink() }, () => {
  let dir = ''
  let tree = ''
  let network: GuestNetwork
  let guest: LinkGuest
  const taken: string[] = []

  before(async () => {
    tree = await cloudInitTree()
    dir = mkdtempSync(join(tmpdir(), 'alto-cloudinit-'))
    execFileSync('chmod', ['711', dir])
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('link', 'set', bridge, 'up')
    network = openGuestNetwork({
      database: openStateDatabase(join(dir, 'agent.db')),
      directory: join(dir, 'dhcp'),
      runtime: systemRuntime(),
      log: silentLog(),
      shortId: () => `${id}c1d`,
      onPasswordTaken: async (instanceName) => void taken.push(instanceName),
    })
    await network.resume()
    guest = linkGuest({ dir, bridge, mac: nic.mac, nic })
    await network.prepare({ instanceName: 'i-2-80-VM', nics: [nic], guestData: data })
  })
  after(async () => {
    await network?.release('i-2-80-VM')
    network?.stop()
    guest?.remove()
    ip('link', 'del', bridge)
    rmSync(dir, { recursive: true, force: true })
  })

  /** Boots the tree with a data source; `prepare` writes into it first. Answers its root, to be read, and what was said. */
  async function boot(
    source: string,
    prepare: (root: string) => void = () => {},
  ): Promise<{ root: string; said: string }> {
    const place = join(dir, source)
    const root = join(place, 'root')
    for (const part of ['up', 'work', 'root']) mkdirSync(join(place, part), { recursive: true })
    const layers = `lowerdir=${tree},upperdir=${join(place, 'up')},workdir=${join(place, 'work')}`
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, root])
    try {
      prepare(root)
      writeFileSync(join(root, 'stages.sh'), stages)
      const within = ['netns', 'exec', guest.space, 'unshare', '--uts', '--ipc', '--pid', '--mount', '--fork', '--']
      const { stdout } = await promisify(execFile)('ip', [...within, 'chroot', root, 'bash', '/stages.sh', source], {
        timeout: 300_000,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
        maxBuffer: 1 << 24,
      })
      return { root: join(place, 'up'), said: stdout }
    } finally {
      execFileSync('umount', ['-l', root])
    }
  }
  function assertTold(root: string, said: string): void {
    const log = join(root, 'var/log/cloud-init.log')
    const why = existsSync(log)
      ? readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => /WARN|Trace|Error/.test(line))
      : []
    assert.match(said, /^host web-80$/m, `${said}\n${why.join('\n')}`)
    const keys = readFileSync(join(root, 'home/debian/.ssh/authorized_keys'), 'utf8')
    for (const key of data.publicKeys) assert.ok(keys.includes(key), keys)
    assert.equal(readFileSync(join(root, 'var/told'), 'utf8'), 'told by web-80\n')
  }

  test('host name, keys, password and user data from the metadata of the host', async () => {
    const { root, said } = await boot('CloudStack')
    assertTold(root, said)
    const hash = /^debian:([^:]+):/m.exec(readFileSync(join(root, 'etc/shadow'), 'utf8'))?.[1] ?? ''
    const [, kind, ...rest] = hash.split('$')
    assert.ok(kind !== undefined && rest.length > 1, hash)
    const check = 'import crypt, sys; print(crypt.crypt(sys.argv[1], sys.argv[2]) == sys.argv[2])'
    const right = execFileSync('chroot', [tree, 'python3', '-W', 'ignore', '-c', check, 'S3cret!pass', hash])
    assert.equal(right.toString().trim(), 'True', 'the password is that of the default user')
    // It was given once: the server is told so.
    for (let at = 0; taken.length === 0 && at < 100; at++) await systemRuntime().sleep(50)
    assert.deepEqual(taken, ['i-2-80-VM'])
    assert.match(said, /cloudstack/i)
  })

  test('host name, keys and user data from the config drive', async () => {
    const { root, said } = await boot('ConfigDrive', (tree) => {
      // cloud-init reads a seed as it reads the drive; the drive itself is in the runbook's test.
      for (const [path, content] of configDriveFiles(data, [nic])) {
        const file = join(tree, 'var/lib/cloud/seed/config_drive', path)
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, content)
      }
    })
    assertTold(root, said)
    assert.match(said, /openstack|configdrive/i)
  })
})
