import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError, type CallResult } from '@altostack/api'
import type { LabHost, Nas } from '@altostack/lab'
import { machinePackages, missingPackages } from '@altostack/lab'
import { type LabEnvironment, measured, startLabEnvironment, until, whyNoLab } from '../lab-environment/index.ts'
import { onHost } from './host-access.ts'

type Pool = CallResult<'createStoragePool'>

/**
 * Storage that the kernel of a host attaches: NFS mounts, iSCSI logins. One host that is a full QEMU system serves all tests;
 * under emulation it takes minutes to boot and to be added, so each wait is long.
 */
describe('storage of a host with a kernel of its own', { skip: await whyNoMachine() }, () => {
  let env: LabEnvironment
  let host: LabHost
  let nas: Nas

  before(async () => {
    env = await startLabEnvironment({ hosts: 0, machines: 1, nas: true, name: 'machine' })
    host = env.lab.host('m1')
    nas = env.lab.nas as Nas
    for (const [name, value] of [
      ['alto.host.check.patience', '20'],
      ['alto.host.connect.timeout', '900'],
    ] as const)
      await env.client.get('updateConfiguration', { name, value })
    const began = performance.now()
    // Cold, and beside other work, its own name takes an emulated host longer than the second that a host is allowed.
    for (let warm = 0; warm < 5; warm++) await host.exec(['getent', 'hosts', 'm1'])
    await env.addHost('m1').catch(() => env.addHost('m1'))
    measured('addHost.machine', performance.now() - began, 'ms')
  })
  after(async () => await env?.stop())

  const place = () => ({ zoneid: env.zone.zoneId, podid: env.zone.podId, clusterid: env.zone.clusterId })
  const create = async (name: string, url: string, more: Record<string, unknown> = {}): Promise<Pool> =>
    await env.client.get('createStoragePool', { ...place(), name, url, ...more } as never)
  const nfs = (path: string, address: string = nas.addresses[0]): string => `nfs://${address}${path}`
  /** The creation fails, its answer names the cause, and nothing of it stays on the host or in the list. */
  async function refused(words: RegExp, url: string, more: Record<string, unknown> = {}): Promise<ApiError> {
    const began = performance.now()
    const error = await create('refused', url, more).then(
      () => assert.fail(`${url} was taken`),
      (reason: unknown) => reason,
    )
    measured(`refused ${url.replace(/.*\//, '')}`, performance.now() - began, 'ms')
    assert.ok(error instanceof ApiError, String(error))
    assert.match(error.message, words)
    assert.equal((await env.client.list('listStoragePools', { name: 'refused' })).items.length, 0)
    assert.doesNotMatch(await mounts(), /\/mnt\/[0-9a-f]{8}-.*nfs/)
    return error
  }
  const mounts = async (): Promise<string> => (await host.exec(['cat', '/proc/mounts'])).stdout

  test('NFS: what stands between a host and an export is named', async () => {
    await refused(/no export|not among|export/i, nfs('/srv/nas/missing'))
    await refused(/could not be mounted/, nfs(nas.exports.denied))
    await refused(/no_root_squash/, nfs(nas.exports.squashed))
    await refused(/read-only/i, nfs(nas.exports.readOnly))
    // Port 22 of the storage server is open, 2050 is not; nobody has the other address.
    await refused(/refuses NFS on port 2050/, `nfs://${nas.addresses[0]}:2050${nas.exports.primary}`)
    await refused(/does not answer|EHOSTUNREACH/, nfs(nas.exports.primary, nas.addresses[0].replace(/\.\d+$/, '.250')))
    await onHost(host, 'mv', '/sbin/mount.nfs', '/sbin/mount.nfs.away')
    try {
      await refused(/nfs-common/, nfs(nas.exports.primary))
    } finally {
      await onHost(host, 'mv', '/sbin/mount.nfs.away', '/sbin/mount.nfs')
    }
  })

  test('NFS: mounted at /mnt/UUID by 4.2, never over something, measured, there again after a power cut', async () => {
    const pool = await create('nfs1', nfs(nas.exports.primary), { details: [{ nfsmountopts: 'noatime' }] })
    assert.equal(pool.state, 'Up')
    assert.equal(pool.type, 'NetworkFilesystem')
    assert.equal(pool.ipaddress, nas.addresses[0])
    assert.equal(pool.path, nas.exports.primary)
    assert.ok(Number(pool.disksizetotal) > 0)
    const point = `/mnt/${pool.id}`
    const line = (await mounts()).split('\n').find((one) => one.includes(` ${point} `))
    assert.match(line ?? '', /nfs4 .*noatime.*vers=4\.2/)
    assert.match((await host.exec(['cat', `${point}/.altostack-pool`])).stdout, new RegExp(String(pool.id)))
    await assert.rejects(create('twice', nfs(nas.exports.primary)), { errorcode: 431 })

    await host.powerCut()
    await onHost(nas.host, 'test', '-e', `${nas.exports.primary}/.altostack-pool`)
    await host.start()
    const began = performance.now()
    await until('the pool is mounted again', 600_000, async () => (await mounts()).includes(` ${point} `), 1000)
    measured('remount after power cut', performance.now() - began, 'ms')
    await until('the host has the pool again', 120_000, async () => {
      const { items } = await env.client.list('listStoragePools', { hostid: await env.hostId('m1') })
      return items.length === 1
    })
  })
})

async function whyNoMachine(): Promise<false | string> {
  const lab = await whyNoLab()
  if (lab !== false) return lab
  const missing = await missingPackages(machinePackages)
  return missing.length === 0 ? false : `a machine host needs the Debian packages ${missing.join(', ')}`
}
