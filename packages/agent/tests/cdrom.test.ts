import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Params } from '@altostack/agent-api'
import { type AgentHost, cannotRun, guestSpec, makeAuthority, startAgentHost, tokens, until } from './agent-host.ts'
import { type ImageServer, startImageServer } from './image-server.ts'
import { isoOf } from './iso-image.ts'

const skip = cannotRun()
let host: AgentHost
let images: ImageServer
before(async () => {
  if (skip !== false) return
  const authority = await makeAuthority()
  images = await startImageServer(authority)
  host = await startAgentHost({ authority, settings: { host: `127.0.0.1:${images.port}` } })
  await until('libvirt answers', () => host.agent.context.libvirt.up())
  await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
})
after(async () => {
  if (skip !== false) return
  await host.stop()
  await images.stop()
})

async function done(key: string): Promise<void> {
  for (;;) {
    const answer = await host.agent.handlers['job.poll']({ key, waitMs: 5000 })
    if (answer.state === 'running') continue
    assert.equal(answer.state, 'done', JSON.stringify(answer))
    return
  }
}
async function disc(text: string): Promise<{ uuid: string; pool: AgentHost['pool'] }> {
  const bytes = isoOf(text)
  const template = images.offer(bytes, { format: 'raw', virtualSizeBytes: bytes.length })
  const install = { tokens: tokens(), pool: host.pool, template }
  await host.agent.handlers['template.install'](install)
  await done(install.tokens.key)
  return { uuid: template.uuid, pool: host.pool }
}
async function sourceOf(vm: Params<'vm.start'>['vm']): Promise<string | undefined> {
  const { xml = '' } = await host.agent.handlers['vm.inspect']({ instanceName: vm.instanceName })
  const drive = /<disk type='\w+' device='cdrom'>[\s\S]*?<\/disk>/.exec(xml)?.[0] ?? assert.fail('no drive')
  return /<source file='([^']+)'/.exec(drive)?.[1]
}

test('a guest boots from its disc; the disc is changed and taken out while it runs; the next boot has the new one', {
  skip,
}, async () => {
  const [first, second] = [await disc('this is disc one'), await disc('this is disc two')]
  const volumeUuid = randomUUID()
  await host.agent.handlers['volume.create']({
    tokens: tokens(),
    pool: host.pool,
    volume: { uuid: volumeUuid, sizeBytes: 1 << 20, format: 'qcow2' },
  })
  const spec = guestSpec(host, volumeUuid, { instanceName: 'i-2-300-VM', cdrom: first })
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  await host.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  const log = join(host.dir, 'guests', 'i-2-300-VM-console.log')
  const said = (): string => (existsSync(log) ? readFileSync(log, 'latin1') : '')
  await until('the guest boots from its disc', () => said().includes('this is disc one'), 60_000)
  assert.equal(await sourceOf(vm), join(host.pool.path, first.uuid))
  const change = async (iso?: typeof first): Promise<void> => {
    await host.agent.handlers['vm.cdrom']({ tokens: tokens(), vm, force: false, ...(iso && { iso }) })
  }
  await change()
  assert.equal(await sourceOf(vm), undefined)
  await change(second)
  await change(second)
  assert.equal(await sourceOf(vm), join(host.pool.path, second.uuid))
  // A crash of the agent loses nothing: the drive is libvirt's.
  await host.restart()
  await until('libvirt answers', () => host.agent.context.libvirt.up())
  assert.equal(await sourceOf(vm), join(host.pool.path, second.uuid))
  const reboot = { tokens: tokens(), vm, forced: true, graceMs: 0 }
  await host.agent.handlers['vm.reboot'](reboot)
  await done(reboot.tokens.key)
  await until('it boots from the new disc', () => said().includes('this is disc two'), 60_000)
  const stop = { tokens: tokens(), vm, graceMs: 0 }
  await host.agent.handlers['vm.stop'](stop)
  await done(stop.tokens.key)
})
