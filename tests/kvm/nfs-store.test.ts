import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { measured, until } from '../lab-environment/index.ts'
import { machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { type BareKernels, bareKernels, resultOf } from './bare-kernels.ts'

/** A kernel that is both: it exports directories, and our code mounts them over the loopback. */
const script = `mount -t tmpfs tmp /tmp
cp -a /mnt/layer/. / 2>/dev/null
modprobe -a nfs nfsv4 nfsd nf_tables loop; ip link set lo up
mkdir -p /srv/images /srv/small /var/lib/nfs/v4recovery /var/lib/nfs/rpc_pipefs /run/lock
truncate -s 12M /small.img; mke2fs -q -F -t ext4 -O ^has_journal /small.img; mount -o loop /small.img /srv/small
mount -t nfsd nfsd /proc/fs/nfsd; mount -t rpc_pipefs rpc /var/lib/nfs/rpc_pipefs
touch /var/lib/nfs/etab /var/lib/nfs/rmtab
echo "/srv/images 127.0.0.1(rw,no_root_squash,no_subtree_check,fsid=1)" > /etc/exports
echo "/srv/small 127.0.0.1(rw,no_root_squash,no_subtree_check,fsid=2)" >> /etc/exports
echo 10 > /proc/fs/nfsd/nfsv4leasetime; echo 10 > /proc/fs/nfsd/nfsv4gracetime
exportfs -ra; rpc.mountd -N 3; rpc.nfsd -N 3 -U 4; echo "NFSD $(cat /proc/fs/nfsd/versions) $(cat /proc/fs/nfsd/threads)"
head -c 3000000 /dev/urandom > /tmp/a; head -c 20000000 /dev/urandom > /tmp/large
act() { echo "RESULT $1 $(/mnt/node --disable-warning=ExperimentalWarning /mnt/program.mjs "\${@:2}" 2>&1 | tail -n 1)"; }
at="nfs://127.0.0.1/srv/images 4.2 /stores/one"; small="nfs://127.0.0.1/srv/small 4.2 /stores/two"
act missing put nfs://127.0.0.1/srv/nothing 4.2 /stores/none images/a /tmp/a
act put put $at images/a.qcow2 /tmp/a
echo "MOUNT $(grep /stores/one /proc/mounts)"
echo "THERE $(sha256sum < /srv/images/images/a.qcow2) $(sha256sum < /tmp/a) $(ls -A /srv/images/images)"
act get get $at images/a.qcow2 /tmp/a
act list list $at images
act full put $small images/large /tmp/large
echo "LEFT $(ls -A /srv/small/images | tr '\\n' ' ')"
act fits put $small images/a /tmp/a
umount -l /stores/one
act remounted get $at images/a.qcow2 /tmp/a
nft add table inet cut; nft 'add chain inet cut in { type filter hook input priority 0; }'; nft add rule inet cut in tcp dport 2049 drop
act lost put $at images/b /tmp/a
nft delete table inet cut
for try in $(seq 1 30); do act back put $at images/b /tmp/a > /tmp/back; grep -q '"code"' /tmp/back || break; sleep 1; done; cat /tmp/back
echo "AFTER $(ls -A /srv/images/images | tr '\\n' ' ')"
rpc.nfsd 0
act stopped put $at images/c /tmp/a
rpc.nfsd -N 3 -U 4
for try in $(seq 1 60); do act again get $at images/a.qcow2 /tmp/a > /tmp/again; grep -q '"code"' /tmp/again || break; sleep 1; done; cat /tmp/again
act remove remove $at images/a.qcow2
act removed remove $at images/a.qcow2
echo "GONE $(ls -A /srv/images/images | tr '\\n' ' ')"
echo "END"; sleep 100000
`

/** NFS image stores on Debian's kernel, whose server and client are both the kernel's: nothing but our code between. */
;(machinesAreTested ? describe : () => {})('an NFS image store on a kernel', { skip: await whyNoMachine() }, () => {
  let kernels: BareKernels
  before(async () => {
    const program = join(import.meta.dirname, 'store-on-nfs.ts')
    kernels = await bareKernels('nfs-store', program, script, ['nfs-kernel-server'])
    kernels.start('m1', [])
  })
  after(() => kernels?.stop())

  test('mounted, written, read; full, cut off, stopped, unmounted: each named, and it goes on when it is back', async () => {
    const began = performance.now()
    await until('the kernel has done it all', 900_000, () => kernels.said('m1').includes('END'), 500)
    measured('an NFS image store on a kernel', performance.now() - began, 'ms')
    const text = kernels.said('m1')
    const why = text.slice(-6000)
    const result = (word: string): Record<string, unknown> => resultOf(text, word)
    const line = (word: string): string => new RegExp(`^${word} (.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''

    const missing = result('missing')
    assert.equal(missing.code, 'image-store.unreachable', why)
    assert.match(String(missing.message), /The export nfs:\/\/127.0.0.1\/srv\/nothing cannot be mounted/)
    assert.match(String(missing.seen), /No such file|denied/, why)
    assert.equal(result('put').code, undefined, why)
    assert.match(line('MOUNT'), /nfs4 .*vers=4\.2.*soft.*timeo=50.*retrans=2/, why)
    const [stored, own] = line('THERE').match(/[0-9a-f]{64}/g) ?? []
    assert.equal(stored, own, why)
    assert.match(line('THERE'), / a\.qcow2$/)
    assert.deepEqual(result('get').result, { same: true, bytes: 3_000_000 }, why)
    assert.deepEqual(result('list').result, ['a.qcow2 3000000'], why)

    assert.equal(result('full').code, 'image-store.full', why)
    assert.equal(line('LEFT'), '', why)
    assert.equal(result('fits').code, undefined, why)
    assert.deepEqual(result('remounted').result, { same: true, bytes: 3_000_000 }, why)

    assert.equal(result('lost').code, 'image-store.unreachable', why)
    assert.ok(Number(result('lost').seconds) < 150, why)
    assert.equal(result('back').code, undefined, why)
    assert.equal(line('AFTER'), 'a.qcow2 b', why)
    assert.equal(result('stopped').code, 'image-store.unreachable', why)
    assert.deepEqual(result('again').result, { same: true, bytes: 3_000_000 }, why)
    assert.equal(result('removed').code, undefined, why)
    assert.equal(line('GONE').includes('a.qcow2'), false, why)
    process.stderr.write(`lost: ${JSON.stringify(result('lost'))}; stopped: ${JSON.stringify(result('stopped'))}\n`)
  })
})
