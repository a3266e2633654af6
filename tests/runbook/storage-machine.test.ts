import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError, type CallResult } from '@altostack/api'
import type { LabHost, Nas } from '@altostack/lab'
import { type LabEnvironment, measured, startLabEnvironment, until } from '../lab-environment/index.ts'
import { hostsAreUp, joinMachines, machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { onHost } from './host-access.ts'

type Pool = CallResult<'createStoragePool'>

/**
 * Storage that the kernel of a host attaches: NFS mounts, iSCSI logins. One host that is a full QEMU system without systemd
 * serves all tests; under emulation each step takes long. addHost of one with systemd is in tests/faults/machine.test.ts.
 */
;(machinesAreTested ? describe : () => {})(
  'storage of a host with a kernel of its own',
  { skip: await whyNoMachine() },
  () => {
    let env: LabEnvironment
    let host: LabHost
    let nas: Nas

    before(async () => {
      env = await startLabEnvironment({ hosts: 0, machines: 1, lean: true, nas: true, name: 'machine' })
      host = env.lab.host('m1')
      nas = env.lab.nas as Nas
      await joinMachines(env, ['m1'])
    })
    after(async () => await env?.stop())

    const place = () => ({ zoneid: env.zone.zoneId, podid: env.zone.podId, clusterid: env.zone.clusterId })
    const create = async (name: string, url: string, more: Record<string, unknown> = {}): Promise<Pool> =>
      await env.client.get('createStoragePool', { ...place(), name, url, ...more } as never)
    const nfs = (path: string, address: string = nas.addresses[0]): string => `nfs://${address}${path}`
    /** The creation fails, its answer names the cause, and nothing of it stays on the host or in the list. */
    async function refused(words: RegExp, url: string, more: Record<string, unknown> = {}): Promise<ApiError> {
      const before = await nfsMounts()
      const began = performance.now()
      const error = await create('refused', url, more).then(
        () => assert.fail(`${url} was taken`),
        (reason: unknown) => reason,
      )
      measured(`refused ${url.replace(/.*\//, '')}`, performance.now() - began, 'ms')
      assert.ok(error instanceof ApiError, String(error))
      assert.match(error.message, words)
      assert.equal((await env.client.list('listStoragePools', { name: 'refused' })).items.length, 0)
      assert.deepEqual(await nfsMounts(), before)
      return error
    }
    const nfsMounts = async (): Promise<string[]> =>
      (await mounts()).split('\n').filter((line) => /^\S+ \/mnt\/[0-9a-f]{8}-\S+ nfs/.test(line))
    const mounts = async (): Promise<string> => (await host.exec(['cat', '/proc/mounts'])).stdout

    test('NFS: what stands between a host and an export is named', async () => {
      await refused(/no export|not among|export/i, nfs('/srv/nas/missing'))
      await refused(/could not be mounted/, nfs(nas.exports.denied))
      await refused(/no_root_squash/, nfs(nas.exports.squashed))
      await refused(/read-only/i, nfs(nas.exports.readOnly))
      // Port 22 of the storage server is open, 2050 is not; nobody has the other address.
      await refused(/refuses NFS on port 2050/, `nfs://${nas.addresses[0]}:2050${nas.exports.primary}`)
      await refused(
        /does not answer|EHOSTUNREACH/,
        nfs(nas.exports.primary, nas.addresses[0].replace(/\.\d+$/, '.250')),
      )
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
    })

    test('NFS: there again after a power cut of the host, before it is Up', async () => {
      const { items } = await env.client.list('listStoragePools', { name: 'nfs1' })
      const point = `/mnt/${items[0]?.id}`
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
      await hostsAreUp(env, ['m1'])
    })

    test('NFS: a guest starts from the mount: its serial line shows that it boots from it', async () => {
      const vm = await startsGuest('on-nfs', 'nfs1')
      // A guest under two emulators leaves little of the host to the tests after it.
      await stops(vm)
    })

    test('iSCSI: what stands between a host and a LUN is named', async () => {
      const { targets, user } = nas.iscsi
      const [address] = nas.addresses
      await refused(/offers no target/, `iscsi://${address}/iqn.2026-11.dev.altostack.lab:none/1`)
      await refused(/refuses port 3261/, `iscsi://${address}:3261/${targets.open}/1`)
      const wrong = [{ 'chap.user': user }, { 'chap.password': 'not the password' }]
      const error = await refused(/refuses the login/, `iscsi://${address}/${targets.chap}/1`, { details: wrong })
      assert.doesNotMatch(error.message, /not the password/)
      await onHost(host, 'mv', '/usr/sbin/iscsiadm', '/usr/sbin/iscsiadm.away')
      try {
        await refused(/open-iscsi/, `iscsi://${address}/${targets.open}/1`)
      } finally {
        await onHost(host, 'mv', '/usr/sbin/iscsiadm.away', '/usr/sbin/iscsiadm')
      }
    })

    test('iSCSI: a LUN behind CHAP becomes a volume group; the password is nowhere in the clear', async () => {
      const { targets, user, password } = nas.iscsi
      const details = [{ 'chap.user': user }, { 'chap.password': password }]
      const pool = await create('lun1', `iscsi://${nas.addresses[0]}/${targets.chap}/1`, { details })
      assert.equal(pool.state, 'Up')
      assert.equal(pool.type, 'IscsiLUN')
      assert.ok(Number(pool.disksizetotal) > 4e9 - 1e8, String(pool.disksizetotal))
      assert.deepEqual(pool.details, { 'chap.user': user })
      // A pool that was refused before has its own.
      const stored = env.rows(
        'SELECT value FROM storage_pool_details WHERE name = ? AND pool_id = (SELECT id FROM storage_pool WHERE uuid = ?)',
        'chap.password',
        String(pool.id),
      )
      assert.equal(stored.length, 1)
      assert.ok(!JSON.stringify(stored).includes(password))
      const group = `alto_${String(pool.id).replaceAll('-', '')}`
      assert.match(
        await onHost(host, 'vgs', '--noheadings', '-o', 'vg_name,vg_tags'),
        new RegExp(`${group} .*${pool.id}`),
      )
      // Somebody else's data is never overwritten.
      await env.client.get('deleteStoragePool', { id: String(pool.id) })
      assert.doesNotMatch(await onHost(host, 'vgs', '--noheadings', '-o', 'vg_name'), new RegExp(group))
    })

    test('iSCSI: two portals are one device by multipath, and a volume on it is a logical volume', async () => {
      const pool = await create('lun2', `iscsi://${nas.addresses.join(',')}/${nas.iscsi.targets.open}/1`)
      const paths = await onHost(host, 'multipath', '-ll')
      assert.equal(paths.match(/active ready running/g)?.length, 2, paths)
      assert.match(await onHost(host, 'pvs', '--noheadings', '-o', 'pv_name,vg_name'), /\/dev\/mapper\/\S+ +alto_/)
      assert.equal(pool.state, 'Up')
    })

    test('iSCSI: a guest starts from a logical volume, which is active only while it runs', async () => {
      const vm = await startsGuest('on-lun', 'lun2')
      const active = async (): Promise<string> => onHost(host, 'lvs', '--noheadings', '-o', 'lv_name,lv_active,lv_tags')
      assert.match(await active(), /active .*alto.kind=volume/)
      await stops(vm)
      assert.doesNotMatch(await active(), /active .*alto.kind=volume/)
    })

    async function stops(vm: string): Promise<void> {
      const job = await env.client.start('stopVirtualMachine', { id: vm, forced: true })
      await env.client.wait(job.jobid, { timeoutMs: 600_000 })
    }
    /** Deploys on the pool alone, and waits until the serial line shows that the guest boots from its disk. */
    async function startsGuest(name: string, pool: string): Promise<string> {
      const { items } = await env.client.list('listStoragePools', {})
      for (const one of items) {
        const enabled = one.name === pool
        if (one.state !== (enabled ? 'Up' : 'Disabled')) {
          await env.client.get('updateStoragePool', { id: String(one.id), enabled })
        }
      }
      const job = await env.client.start('deployVirtualMachine', {
        name,
        displayname: name,
        zoneid: env.zone.zoneId,
        serviceofferingid: env.zone.offeringId,
        templateid: String(env.templateId),
        networkids: [env.zone.networkId],
      })
      await env.client.wait(job.jobid, { timeoutMs: 900_000 })
      const vm = await env.vm(String(job.id))
      const log = `/var/log/libvirt/qemu/${vm?.instanceName}-console.log`
      const began = performance.now()
      // Firmware has read the disk's loader, which speaks first. The kernel after it takes two emulators up to a quarter of an hour.
      await until(
        'the guest boots from its disk',
        900_000,
        async () => /SYSLINUX|LAB-BOOT/.test(await onHost(host, 'cat', log)),
        2000,
      )
      measured(`guest on ${pool} boots`, performance.now() - began, 'ms')
      return String(job.id)
    }
  },
)
