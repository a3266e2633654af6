import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type AgentHost, cannotRun, guestSpec, startAgentHost, tokens, until } from './agent-host.ts'

const skip = cannotRun()
let host: AgentHost
before(async () => {
  if (skip !== false) return
  host = await startAgentHost()
  await until('libvirt answers', () => host.agent.context.libvirt.up())
  await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
})
after(async () => {
  if (skip === false) await host?.stop()
})

async function ended(key: string): Promise<{ state: string; code: string | undefined }> {
  for (;;) {
    const { state, error } = await host.agent.handlers['job.poll']({ key, waitMs: 2000 })
    if (state !== 'running') return { state, code: error?.code }
  }
}

test('a backup in whose beginning libvirtd died is named at once, and gone when the guest was stopped', {
  skip,
}, async () => {
  const uuid = randomUUID()
  const volume = { uuid, sizeBytes: 8 << 20, format: 'qcow2' as const }
  await host.agent.handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume })
  const spec = guestSpec(host, uuid, { instanceName: 'i-2-77-VM' })
  let vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  const take = async () => {
    const call = { volume: { volumeUuid: uuid, pool: host.pool, format: 'qcow2' as const }, vm }
    const own = tokens()
    await host.agent.handlers['snapshot.take']({ tokens: own, snapshotUuid: randomUUID(), ...call })
    return await ended(own.key)
  }
  await host.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  assert.equal((await take()).state, 'done')
  // What a libvirtd leaves that dies between noting the job and noting what it is.
  await host.daemon.kill()
  const file = join(host.daemon.dir, 'run/libvirt/qemu', `${vm.instanceName}.xml`)
  const state = readFileSync(file, 'utf8')
  assert.doesNotMatch(state, /<job /)
  writeFileSync(file, state.replace('</domstatus>', "  <job type='none' async='backup' flags='0x0'/>\n</domstatus>"))
  await host.daemon.start()
  await until('libvirt answers', () => host.agent.context.libvirt.up(), 20_000)
  const began = performance.now()
  assert.deepEqual(await take(), { state: 'failed', code: 'vm.backup-lost' })
  assert.ok(performance.now() - began < 15_000)
  const stop = { tokens: tokens(), vm, graceMs: 0 }
  await host.agent.handlers['vm.stop'](stop)
  assert.equal((await ended(stop.tokens.key)).state, 'done')
  vm = { ...vm, generation: 2 }
  await host.agent.handlers['vm.start']({ tokens: tokens(), vm, spec })
  assert.equal((await take()).state, 'done')
})
