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

/** What doctor must keep, ms. */
const answerMs = 10_000
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
      // Joining may take as long as it likes; what doctor keeps is asserted at five times its value.
      await env.client.get('updateConfiguration', { name: 'alto.host.check.patience', value: '4' })
    })
    after(async () => await env?.stop())

    const diagnose = async (): Promise<readonly Check[]> =>
      ((await env.client.run('diagnoseHost', { id: place.hostId })).check ?? []) as readonly Check[]

    test('a host that is well has no failed check; NFS is looked at', async () => {
      const checks = await until('no check fails', 300_000, async () => {
        const all = await diagnose()
        return all.some(({ status }) => status === 'fail') ? undefined : all
      })
      for (const name of ['nfs-port', 'nfs-rpc', 'nfs-export', 'mount', 'root-write', 'kernel-rpc']) {
        assert.equal(checks.find((check) => check.name === name)?.status, 'ok', JSON.stringify(checks))
      }
    })

    /** The connection to a storage server that was away comes back by itself, after a while. */
    async function poolAnswers(): Promise<boolean> {
      const look = 'timeout -s KILL 5 stat -f $(findmnt -l -n -o TARGET -t nfs4 | head -n 1)'
      return (await place.host.exec(['sh', '-c', look])).code === 0
    }

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
          assert.ok(performance.now() - began < 5 * answerMs)
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
          await until('the pool answers', 120_000, poolAnswers)
        }
      })
    }
  })
}
