import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type LabEnvironment, measured, startLabEnvironment, until } from '../lab-environment/index.ts'
import { addMachines, machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { type Fault, type FaultPlace, placeOf } from './fault.ts'

type Check = {
  readonly name: string
  readonly status: string
  readonly code?: string
  readonly seen: string
  readonly fix?: string
}

const faults = await Promise.all(
  globSync(join(import.meta.dirname, 'machine-faults', '*.ts'))
    .toSorted()
    .map(async (path) => ({ name: basename(path, '.ts'), ...((await import(path)) as { fault: Fault }) })),
)

/** Faults of NFS and of a clock of its own need a kernel of its own: minutes to boot, so only in the full run. */
if (machinesAreTested) {
  describe('doctor names faults of a host with a kernel of its own', { skip: await whyNoMachine() }, () => {
    let env: LabEnvironment
    let place: FaultPlace

    before(async () => {
      env = await startLabEnvironment({ hosts: 0, machines: 1, nas: true, name: 'mfaults', withoutTemplate: true })
      await addMachines(env, ['m1'])
      const nas = env.lab.nas
      assert.ok(nas)
      await env.client.get('createStoragePool', {
        zoneid: env.zone.zoneId,
        podid: env.zone.podId,
        clusterid: env.zone.clusterId,
        name: 'nfs1',
        scope: 'CLUSTER',
        url: `nfs://${nas.addresses[0]}${nas.exports.primary}`,
      })
      place = placeOf(env, env.lab.host('m1'), await env.hostId('m1'))
    })
    after(async () => await env?.stop())

    const diagnose = async (): Promise<readonly Check[]> =>
      ((await env.client.run('diagnoseHost', { id: place.hostId })).check ?? []) as readonly Check[]

    test('a host that is well has no failed check; NFS is looked at', async () => {
      const checks = await until('no check fails', 60_000, async () => {
        const all = await diagnose()
        return all.some(({ status }) => status === 'fail') ? undefined : all
      })
      for (const name of ['nfs-port', 'nfs-rpc', 'nfs-export', 'mount', 'root-write', 'kernel-rpc']) {
        assert.equal(checks.find((check) => check.name === name)?.status, 'ok', JSON.stringify(checks))
      }
    })

    async function heals(check: string): Promise<void> {
      const { repair } = await env.client.run(
        'repairHost',
        { id: place.hostId, checks: [check] },
        { timeoutMs: 120_000 },
      )
      assert.equal((repair as readonly object[]).length, 1)
      assert.equal((await diagnose()).find(({ name }) => name === check)?.status, 'ok')
    }

    for (const { name, fault } of faults) {
      test(name, async () => {
        await fault.make(place)
        try {
          const began = performance.now()
          const checks = await diagnose()
          measured(`machine-fault.${name}`, performance.now() - began, 'ms')
          assert.ok(performance.now() - began < 50_000)
          for (const named of fault.names) {
            const check = checks.find((one) => one.name === named.check)
            const told = JSON.stringify(checks.filter(({ status }) => status !== 'ok'))
            assert.deepEqual([check?.status, check?.code], [named.status, named.code], told)
            assert.match(check?.seen ?? '', named.seen)
            assert.match(check?.fix ?? '', named.fix)
          }
          if (fault.heals !== undefined) await heals(fault.names[0].check)
        } finally {
          await fault.undo(place)
        }
      })
    }
  })
}
