import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import ssh2 from 'ssh2'
import { buildCloudImage } from '../../tools/guest-image/cloud-image.ts'
import {
  type LabEnvironment,
  measured,
  startLabEnvironment,
  until,
  type Vm,
  whyNoLab,
} from '../lab-environment/index.ts'
import { registerGuestTemplate, registerImage } from '../lab-environment/template.ts'
import { consoleText } from './guest-console.ts'
import { onHost } from './host-access.ts'

const everything = process.env.ALTO_TEST_FULL === '1'
/** What the guest's user data make it say on its serial line. */
const said = (word: string): string => `#!/bin/sh
exec > /dev/ttyS0
echo "CLOUD-HOST $(hostname)"
echo "CLOUD-SOURCE $(cloud-init query platform)"
echo "CLOUD-KEYS $(grep -c . /home/debian/.ssh/authorized_keys)"
echo "CLOUD-WORD ${word}"
`
/** Emulated, a Debian with cloud-init boots in minutes. */
const bootMs = 1_200_000

/** A whole Debian guest with Debian's own cloud-init, on two hosts: what it was told, over ssh and its serial line. */
;(everything ? describe : () => {})('a guest with cloud-init', { skip: everything && (await whyNoLab()) }, () => {
  let env: LabEnvironment
  let dir = ''
  let templateId = ''
  let offeringId = ''
  let one: Vm
  let password = ''

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'alto-cloud-'))
    const image = join(dir, 'cloud.qcow2')
    const built = buildCloudImage(image)
    env = await startLabEnvironment({ hosts: 2, name: 'cloud', withoutTemplate: true })
    await built
    await Promise.all([env.addHost('h1'), env.addHost('h2')])
    await env.createPool()
    templateId = await registerImage(env.client, env.zone.zoneId, image, {
      ...{ name: 'debian', displaytext: 'Debian with cloud-init', passwordenabled: true },
    })
    const offering = await env.client.get('createServiceOffering', {
      ...{ name: 'Half', displaytext: 'One CPU, 512 MiB', cpunumber: 1, cpuspeed: 1000, memory: 512 },
    })
    offeringId = String(offering.id)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me@here', '-f', join(dir, 'key')])
    chmodSync(join(dir, 'key'), 0o600)
    await env.client.get('registerSSHKeyPair', {
      ...{ name: 'mine', publickey: readFileSync(join(dir, 'key.pub'), 'utf8') },
    })
  })
  after(async () => {
    await env?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  async function deploy(name: string, hostName: string, networkId: string, word: string): Promise<Vm> {
    const job = await env.client.start('deployVirtualMachine', {
      ...{ name, zoneid: env.zone.zoneId, serviceofferingid: offeringId, templateid: templateId },
      ...{ networkids: [networkId], hostid: await env.hostId(hostName), keypair: 'mine' },
      ...{ userdata: Buffer.from(said(word)).toString('base64') },
    })
    const result = await env.client.wait(job.jobid, { timeoutMs: 300_000 })
    password = String((result as { virtualmachine?: { password?: string } }).virtualmachine?.password ?? password)
    const vm = await env.vm(String(job.id))
    assert.equal(vm?.state, 'Running')
    return vm as Vm
  }
  const serial = (vm: Vm): string =>
    ['h1', 'h2'].map((name) => consoleText(env.lab.host(name), vm.instanceName)).join('')
  async function tells(vm: Vm, word: string): Promise<string> {
    const began = performance.now()
    await until(`${vm.name} says that it was told`, bootMs, () => serial(vm).includes(`CLOUD-WORD ${word}`), 1000)
    measured(`cloud-init of ${vm.name} from the deploy on`, performance.now() - began, 'ms')
    return serial(vm)
  }
  /** Logs in as the image's user; answers what the command printed. */
  const inGuest = async (command: string): Promise<string> => {
    const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'ConnectTimeout=30']
    const argv = ['-i', join(dir, 'key'), ...options, '-o', 'BatchMode=yes', `debian@${one.address}`, command]
    const { stdout, stderr } = await promisify(execFile)('ssh', argv, { timeout: 240_000 })
    return stdout + stderr
  }

  test('host name, key, password and user data by DHCP and metadata', async () => {
    one = await deploy('cloudy', 'h1', env.zone.networkId, 'by-metadata')
    const text = await tells(one, 'by-metadata')
    assert.match(text, /^CLOUD-HOST cloudy$/m)
    assert.match(text, /^CLOUD-SOURCE cloudstack$/m)
    assert.match(text, /^CLOUD-KEYS 1$/m)
    assert.match(await until('its key lets us in', 300_000, () => inGuest('hostname'), 5000), /^cloudy$/m)
    assert.match(password, /^\S{6,}$/)
    const banner = await new Promise<string>((resolve, reject) => {
      const client = new ssh2.Client()
      client.on('ready', () => {
        client.end()
        resolve('in')
      })
      client.on('error', reject)
      client.connect({ host: one.address, username: 'debian', password, readyTimeout: 240_000 })
    })
    assert.equal(banner, 'in', 'its password lets us in')
  })

  test('after a live migration the lease is renewed by the new host', async () => {
    const hostid = await env.hostId('h2')
    const job = await env.client.start('migrateVirtualMachine', { virtualmachineid: one.id, hostid })
    await env.client.wait(job.jobid, { timeoutMs: 900_000 })
    const renewed = await until(
      'the guest renews its lease',
      300_000,
      async () => {
        const told = await inGuest('sudo pkill dhclient; sleep 1; sudo dhclient -1 -v eth0 2>&1')
        return /DHCPACK of/.test(told) ? told : undefined
      },
      5000,
    )
    assert.match(renewed, new RegExp(`DHCPACK of ${one.address.replaceAll('.', '\\.')} from 169\\.254\\.169\\.254`))
    // Its data are served there, too; the password was given once.
    assert.match(await inGuest('wget -qO- http://169.254.169.254/latest/meta-data/local-hostname'), /cloudy/)
    const again = "wget -qO- --header 'DomU_Request: send_my_password' http://169.254.169.254:8080"
    assert.match(await inGuest(again), /saved_password/)
    await env.client.run('destroyVirtualMachine', { id: one.id, expunge: true })
  })

  test('the config drive of a network without addresses is in the guest: label, host name, user data', async () => {
    const { zoneId: zoneid, physicalNetworkId: physicalnetworkid } = env.zone
    const { items } = await env.client.list('listNetworkOfferings', { name: 'DefaultL2NetworkOfferingConfigDriveVlan' })
    const made = await env.client.get('createNetwork', {
      ...{ zoneid, name: 'plain', networkofferingid: String(items[0]?.id), vlan: 'untagged', physicalnetworkid },
    })
    // The tiny guest reads the drive by itself and boots in seconds; what cloud-init makes of it, tests/kvm/cloud-init shows.
    templateId = await registerGuestTemplate(env.client, dir, env.zone.zoneId)
    const two = await deploy('driven', 'h2', String(made.id), 'by-drive')
    await until('it has booted', 300_000, () => serial(two).includes('LAB-READY'))
    const text = serial(two)
    assert.match(text, /LAB-CONFIGDRIVE \/dev\/sr\d label config-2/)
    assert.match(text, /LAB-READY driven /)
    assert.match(text, /CLOUD-WORD by-drive/)
    const drive = await onHost(env.lab.host('h2'), 'sh', '-c', 'ls /var/cache/cloud/configdrive')
    assert.match(drive, new RegExp(`^${two.instanceName}-[0-9a-f]{20}\\.iso$`, 'm'))
    await env.client.run('destroyVirtualMachine', { id: two.id, expunge: true })
    assert.equal(await onHost(env.lab.host('h2'), 'sh', '-c', 'ls /var/cache/cloud/configdrive'), '')
  })
})
