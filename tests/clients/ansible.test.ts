import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ImageSource, startImageSource, tinyIso } from '../../packages/server/src/testing/image-source.ts'
import { startTestServer, type TestServer } from '../../packages/server/src/testing/test-server.ts'
import { ansibleMissing, runPlaybook, type Task } from './ansible.ts'
import { emptyDisk, type SimulatedHosts, startFleet, until } from './environment.ts'

const missing = ansibleMissing()

/** The names of tasks that failed, with why: nothing else is in the difference when one does. */
function failures(tasks: readonly Task[]): string[] {
  return tasks.flatMap((task) => (task.failed === undefined ? [] : [`${task.name}: ${task.failed}`]))
}
/** Tasks whose name begins with `read` look only. */
function changes(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter((task) => !task.name.startsWith('read ') && !task.skipped)
}

describe("Ansible's collection ngine_io.cloudstack", { skip: missing }, () => {
  let server: TestServer
  let hosts: SimulatedHosts
  let images: ImageSource
  const variables: Record<string, unknown> = {}
  before(async () => {
    server = await startTestServer({
      agents: true,
      settings: { 'alto.fetch.allowed.cidrs': '127.0.0.1/32', 'allow.user.expunge.recover.vm': 'true' },
    })
    hosts = startFleet(server)
    images = await startImageSource()
  })
  after(async () => {
    hosts?.stop()
    await images?.stop()
    await server?.stop()
  })

  const run = (again: boolean, playbook: string) => runPlaybook(server, playbook, { ...variables, again })

  /** Every task of a first run does something. */
  async function first(playbook: string): Promise<void> {
    const tasks = await run(false, playbook)
    assert.deepEqual(failures(tasks), [], refusals())
    assert.deepEqual(names(changes(tasks).filter((task) => !task.changed)), [], 'tasks that changed nothing')
    assert.ok(changes(tasks).length >= 3)
  }
  /** Run once more, everything is found as it is wanted. */
  async function again(...playbooks: readonly string[]): Promise<void> {
    for (const playbook of playbooks) {
      const tasks = await run(true, playbook)
      assert.deepEqual(failures(tasks), [], refusals())
      assert.deepEqual(names(tasks.filter((task) => task.changed)), [], 'the second run changes nothing')
    }
  }
  async function twice(playbook: string): Promise<void> {
    await first(playbook)
    await again(playbook)
  }
  /** What the server's log says of the last refusals: the modules keep it to themselves. */
  const refusals = (): string =>
    server
      .logLines()
      .filter((line) => line.msg === 'request refused')
      .slice(-3)
      .map((line) => JSON.stringify(line))
      .join('\n')
  const names = (tasks: readonly Task[]): string[] => tasks.map((task) => task.name)

  test('builds a zone', () => twice('zone.yml'))

  test('makes domains, accounts, users, roles, limits, keys and security groups', async () => {
    variables.public_key = await newPublicKey()
    await twice('tenants.yml')
  })

  test('gives hosts tags, and makes storage, offerings and networks', async () => {
    const { cluster } = await server.call('listClusters', { name: 'cluster1' })
    await hosts.join(cluster[0].id)
    await hosts.join(cluster[0].id)
    images.images.set('disk.qcow2', emptyDisk())
    images.images.set('disc.iso', tinyIso('ansible'))
    variables.images = images.url('').replace(/\/$/, '')
    await twice('storage.yml')
    await until('the template is ready', async () => {
      const { template } = await server.call('listTemplates', { templatefilter: 'self', name: 'empty' })
      return template?.[0]?.isready === true
    })
  })

  test('deploys instances with NICs, volumes, snapshots and tags', async () => {
    await twice('instances.yml')
  })

  test('changes what is there', () => twice('changes.yml'))

  test('takes instances away', () => first('instances.absent.yml'))

  test('takes accounts away', () => first('tenants.absent.yml'))

  test('takes storage, hosts, cluster and pod away, and then finds nothing to take away', async () => {
    await first('storage.absent.yml')
    await again('instances.absent.yml', 'tenants.absent.yml', 'storage.absent.yml')
  })

  test('takes the zone away', async () => {
    await twice('zone.absent.yml')
    assert.deepEqual(await server.call('listZones'), {})
    assert.deepEqual(hosts.fleet.domains(), [], 'no guest is left on a host')
  })

  async function newPublicKey(): Promise<string> {
    const { keypair } = await server.call('createSSHKeyPair', { name: 'probe' })
    await server.call('deleteSSHKeyPair', { name: 'probe' })
    const { createPublicKey } = await import('node:crypto')
    return sshText(createPublicKey(keypair.privatekey).export({ format: 'jwk' }) as { e: string; n: string })
  }
})

/** An RSA key as authorized_keys has it. */
function sshText({ e, n }: { readonly e: string; readonly n: string }): string {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const number = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'base64url')
    return field((bytes[0] ?? 0) > 127 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes)
  }
  return `ssh-rsa ${Buffer.concat([field(Buffer.from('ssh-rsa')), number(e), number(n)]).toString('base64')} laptop`
}
