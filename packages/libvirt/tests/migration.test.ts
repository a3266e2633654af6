import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  connectLibvirt,
  DomainGetJobStatsFlags,
  DomainMigrateFlags,
  type DomainRef,
  DomainRunningReason,
  DomainState,
  isLibvirtError,
  type LibvirtClient,
  paramsToRecord,
} from '../src/index.ts'
import { guestXml, writeDirtyingDisk } from './guest.ts'
import { cannotRun, freePort, startLibvirtd, type TestDaemon, until } from './libvirtd.ts'

describe('peer-to-peer migration between two real libvirtd', { skip: cannotRun(), timeout: 120_000 }, () => {
  let source: TestDaemon
  let target: TestDaemon
  let calls: LibvirtClient
  /** A migration holds its call until the end, so it has a connection of its own. */
  let migrations: LibvirtClient
  let there: LibvirtClient
  let guest: DomainRef
  let dir: string

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'alto-migration-'))
    ;[source, target] = await Promise.all([
      startLibvirtd({ hostname: 'alto-source' }),
      startLibvirtd({ hostname: 'alto-target' }),
    ])
    calls = await connectLibvirt({ socket: source.socket, reconnect: false })
    migrations = await connectLibvirt({ socket: source.socket, reconnect: false })
    there = await connectLibvirt({ socket: target.socket, reconnect: false })
    const disk = writeDirtyingDisk(dir)
    const devices = `<disk type='file'><driver name='qemu' type='raw' cache='none'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>`
    // The target examines QEMU once; both at the same time are ready sooner.
    const [made] = await Promise.all([
      calls.domain.createXml(guestXml({ name: 'busy', devices })),
      there.host.getVersion(),
    ])
    guest = made
  })

  after(async () => {
    for (const client of [calls, migrations, there]) await client?.close()
    await source?.stop()
    await target?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  async function migrate(): Promise<void> {
    await migrations.domain.migrate(guest, {
      destUri: `qemu+unix:///system?socket=${target.socket}`,
      migrateUri: `tcp://127.0.0.1:${await freePort()}`,
      flags: DomainMigrateFlags.LIVE | DomainMigrateFlags.UNSAFE,
    })
  }

  it('shows the progress of a migration that never ends, and aborts it', async () => {
    await calls.domain.setMigrateMaxSpeed(guest, 1)
    const iterations: number[] = []
    const subscription = await calls.on('migrationIteration', (event) => iterations.push(event.iteration), guest)
    const ended = migrate().then(
      () => 'done',
      (error: unknown) => error,
    )
    const stats = await until('the job', async () => {
      const job = await calls.domain.getJobStats(guest)
      return job.type === 'unbounded' && Number(job.stats.memory_processed) > 0 ? job.stats : undefined
    })
    assert.ok(Number(stats.memory_total) > 32 * 1024 * 1024 && Number(stats.time_elapsed) > 0)
    await until('the second iteration', () => iterations.some((iteration) => iteration >= 2))
    await calls.domain.abortJob(guest)
    const outcome = await ended
    assert.ok(isLibvirtError(outcome, 'OPERATION_ABORTED', 'OPERATION_FAILED'), String(outcome))
    assert.equal((await calls.domain.getState(guest)).state, DomainState.RUNNING)
    assert.deepEqual(await there.host.listAllDomains(), [])
    await subscription.close()
  })

  it('moves a running guest; both sides tell it by events', async () => {
    await calls.domain.setMigrateMaxSpeed(guest, 8 * 1024)
    // Software emulation on a busy machine: what counts is that it arrives.
    await calls.domain.setMigrateMaxDowntime(guest, 2000).catch((error: unknown) => {
      assert.ok(isLibvirtError(error, 'OPERATION_INVALID'))
    })
    const here: string[] = []
    const arrived: string[] = []
    const completed: Record<string, unknown>[] = []
    await calls.on('lifecycle', (event) => here.push(`${event.event}/${event.detail}`))
    await calls.on('jobCompleted', (event) => completed.push(paramsToRecord(event.params)))
    await there.on('lifecycle', (event) => arrived.push(`${event.event}/${event.detail}`))
    await migrate()
    assert.deepEqual(await calls.host.listAllDomains(), [])
    const [moved] = await there.host.listAllDomains()
    assert.equal(moved?.uuid, guest.uuid)
    assert.deepEqual(await there.domain.getState(moved!), {
      state: DomainState.RUNNING,
      reason: DomainRunningReason.MIGRATED,
    })
    await until('the events', () => here.includes('5/3') && arrived.includes('2/1') && arrived.includes('4/1'))
    await until('the statistics', () => completed.length > 0)
    assert.ok(Number(completed[0]?.downtime) >= 0)
    const { type, stats } = await there.domain.getJobStats(moved!, DomainGetJobStatsFlags.COMPLETED)
    assert.equal(type, 'completed')
    assert.ok(Number(stats.time_elapsed) > 0)
    await there.domain.destroy(moved!)
  })

  it('a migration to a daemon that is not there leaves the guest where it is', async () => {
    const idle = await calls.domain.createXml(guestXml({ name: 'idle' }))
    const nowhere = { destUri: `qemu+unix:///system?socket=${dir}/nobody`, migrateUri: 'tcp://127.0.0.1' }
    await assert.rejects(migrations.domain.migrate(idle, nowhere), (error) => {
      return isLibvirtError(error, 'OPERATION_FAILED', 'SYSTEM_ERROR') && /nobody/.test(error.message)
    })
    assert.equal((await calls.domain.getState(idle)).state, DomainState.RUNNING)
    await calls.domain.destroy(idle)
  })
})
