import assert from 'node:assert/strict'
import { truncateSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { type OpenDatabase, openDatabase } from '../../packages/server/src/db/open-database.ts'
import { giveLease, takeLease } from '../../packages/server/src/storage/pool-lease.repository.ts'
import { measured, until } from '../lab-environment/index.ts'
import { machinesAreTested, whyNoMachine } from '../lab-environment/machine.ts'
import { type BareKernels, bareKernels, resultOf } from './bare-kernels.ts'

const each = 6
const group = (number: number): string => `alto_0000000000004000800000000000000${number}`
/** Both hosts see two SCSI disks. */
const script = `modprobe -a dm_mod virtio_scsi sd_mod; ip link set lo up; ip link set eth0 up; ip addr add 10.0.2.15/24 dev eth0
mkdir -p /run/lvm /run/lock/lvm
/lib/systemd/systemd-udevd --daemon; udevadm trigger --subsystem-match=block; udevadm settle
export LEASE_PORT=$(sed 's/.*lease=\\([0-9]*\\).*/\\1/' /proc/cmdline) HOST=$1
act() { echo "RESULT $1 $(/mnt/node --disable-warning=ExperimentalWarning /mnt/program.mjs $HOST "\${@:2}" | tail -n 1)"; }
until [ $(ls /dev/disk/by-id/ 2>/dev/null | grep -c scsi-35000c5) -ge 2 ] || [ $((waited+=1)) -gt 100 ]; do sleep 0.2; done
# Both at once: one makes the group, the other finds it made.
act attach attach 1 create
if [ $1 = m1 ]; then act attach2 attach 2 create; fi
act make make 1 \${HOST#m}00 ${each}
echo "MADE"
if [ $1 = m2 ]; then sleep 100000; fi
# The other one's volumes are counted when it is through.
until [ $(lvs --noheadings -o lv_name ${group(1)} | grep -c -- -9000-) -ge ${2 * each} ] || [ $((tries+=1)) -gt 300 ]; do sleep 1; done
echo "COUNT $(lvs --noheadings -o lv_name ${group(1)} | grep -c -- -9000-)"
lvs --noheadings -a -o seg_pe_ranges ${group(1)} | sed 's/^ */EXTENTS /'
echo "CHECKED $(vgck ${group(1)} 2>&1; echo $?)"
act one make 1 1 1
act write1 write 1 1 17; act before read 1 1
act snapshot snapshot 1 1
act write2 write 1 1 34; act changed read 1 1
act revert revert 1 1; act reverted read 1 1
act write3 write 1 1 51; act again revert 1 1; act reverted2 read 1 1
# A host dies between the two renames of an exchange: its second lvrename kills the agent's process.
act write4 write 1 1 68
mv /usr/sbin/lvrename /usr/sbin/lvrename.real
printf '#!/bin/bash\\nif [ -e /run/renamed ]; then kill -9 $(pgrep -f ^/mnt/node); sleep 1; exit 1; fi; touch /run/renamed; exec -a lvrename /usr/sbin/lvrename.real "$@"\\n' > /usr/sbin/lvrename; chmod 755 /usr/sbin/lvrename
act killed revert 1 1
echo "BETWEEN $(lvs --noheadings -o lv_name ${group(1)} | grep 000000000001 | tr -s ' \\n' ' ')"
mv /usr/sbin/lvrename.real /usr/sbin/lvrename
sleep \${WAIT:-0}
act restored read 1 1
act third revert 1 1; act reverted3 read 1 1
act copy copy 1 1 2; act copied read 2 1
act write5 write 1 1 85; act copy2 copy 1 1 2; act copied2 read 2 1
act remove remove 2 1; act gone read 2 1
echo "LEFT $(lvs --noheadings -o lv_name ${group(1)} ${group(2)} | grep 000000000001 | tr -s ' \\n' ' ')"
act detach detach 2; echo "BLANK $(blkid -p /dev/disk/by-id/scsi-35000c50000000002; echo $?)"; act attach3 attach 2 create
echo "END"; sleep 100000
`

/**
 * Volumes on a disk that two hosts share, by the agent's own code and real LVM on two of Debian's kernels; the lease of
 * the pool by the server's own code. tests/runbook/storage-machine.test.ts does it with whole hosts and guests.
 */
;(machinesAreTested ? describe : () => {})('volumes of two hosts on one disk', { skip: await whyNoMachine() }, () => {
  let kernels: BareKernels | undefined
  let database: OpenDatabase | undefined
  let lender: Server | undefined
  const asked: string[] = []

  before(async () => {
    const made = await bareKernels('lvmhosts', join(import.meta.dirname, 'lvm-on-host.ts'), script)
    kernels = made
    database = await openDatabase(join(made.dir, 'cloud.db'), { runtime: systemRuntime() })
    const { db } = database
    lender = createServer((request, response) => {
      void (async () => {
        let body = ''
        for await (const chunk of request) body += chunk
        const { host, poolUuid, act, term } = JSON.parse(body) as Record<string, string>
        const hostId = Number(host?.slice(1))
        const poolId = Number(poolUuid?.slice(-1))
        asked.push(`${host} ${act}`)
        if (act === 'give') {
          await giveLease(db, poolId, hostId, String(term))
          return response.end(JSON.stringify({ held: false, ttlMs: 0 }))
        }
        const now = Date.now()
        const lease = { poolId, hostId, term: String(term), expires: now + 60_000 }
        const holder = await takeLease(db, lease, now)
        response.end(
          JSON.stringify(holder === undefined ? { held: true, ttlMs: 60_000 } : { held: false, ttlMs: 0, holder }),
        )
      })().catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
    await new Promise<void>((resolve) => lender?.listen(0, '127.0.0.1', resolve))
    const { port } = lender.address() as AddressInfo
    for (const name of ['disk1', 'disk2']) {
      writeFileSync(join(made.dir, name), '')
      truncateSync(join(made.dir, name), 2 ** 30)
    }
    for (const name of ['m1', 'm2']) {
      const disks = ['disk1', 'disk2'].flatMap((disk) => [
        ...[
          '-blockdev',
          `driver=raw,node-name=${disk},file.driver=file,file.locking=off,file.filename=${join(made.dir, disk)}`,
        ],
        ...['-device', `scsi-hd,drive=${disk},share-rw=on,wwn=0x5000c5000000000${disk.slice(4)}`],
      ])
      made.start(
        name,
        ['-device', 'virtio-scsi-pci', ...disks, '-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net'],
        `lease=${port}`,
      )
    }
  })
  after(async () => {
    kernels?.stop()
    lender?.close()
    lender?.closeAllConnections()
    await database?.close()
  })
  const said = (name: string): string => kernels?.said(name) ?? ''
  const whole = (): string => `${said('m1').slice(-5000)}\n${said('m2').slice(-1500)}`
  const result = (word: string): Record<string, unknown> => resultOf(said('m1'), word)

  test('two hosts that make volumes at once lose none and share no extent', async () => {
    const began = performance.now()
    await until(
      'both have made theirs',
      900_000,
      () => /^CHECKED/m.test(said('m1')) && said('m2').includes('MADE'),
      500,
    )
    measured(`${2 * each} logical volumes by two hosts`, performance.now() - began, 'ms')
    assert.deepEqual(result('make'), { made: each }, whole())
    assert.deepEqual(resultOf(said('m2'), 'make'), { made: each }, whole())
    assert.match(said('m1'), new RegExp(`^COUNT ${2 * each}$`, 'm'), whole())
    const ranges = [...said('m1').matchAll(/^EXTENTS \/dev\/sd[ab]:(\d+)-(\d+)/gm)].map(([, first, last]) => [
      Number(first),
      Number(last),
    ])
    assert.equal(ranges.length, 2 * each, whole())
    const sorted = ranges.toSorted(([a = 0], [b = 0]) => a - b)
    for (const [at, [first = 0]] of sorted.entries()) {
      assert.ok(at === 0 || first > Number(sorted[at - 1]?.[1]), `extents are used twice: ${JSON.stringify(sorted)}`)
    }
    assert.match(said('m1'), /^CHECKED 0$/m)
    // They did meet: somebody was told to wait.
    for (const host of ['m1', 'm2']) assert.ok(asked.includes(`${host} take`) && asked.includes(`${host} give`))
  })

  test('a snapshot goes back over the volume, again and again; a volume is copied twice', async () => {
    await until('the first host has done it all', 900_000, () => said('m1').includes('END'), 500)
    const read = (word: string, byte: number): void => {
      const seen = result(word)
      assert.deepEqual(
        [seen.byte, seen.clean, (seen.names as string[] | undefined)?.length],
        [byte, true, 1],
        `${word}: ${whole()}`,
      )
    }
    read('before', 17)
    read('changed', 34)
    read('reverted', 17)
    // It has room for all that a guest may write, as it had before.
    assert.equal(result('reverted').physicalBytes, result('before').physicalBytes, whole())
    assert.equal(result('revert').code, undefined, whole())
    read('reverted2', 17)
    read('copied', 17)
    read('copied2', 85)
    assert.deepEqual(result('gone'), { present: false }, whole())
    assert.match(said('m1'), /^LEFT +[0-9a-f-]+-000000000001 *$/m, whole())
    assert.match(said('m1'), /^BLANK 2$/m, whole())
    for (const word of ['attach', 'attach2', 'detach', 'attach3'])
      assert.deepEqual(result(word), {}, `${word}: ${whole()}`)
  })

  test('a host that dies between the two renames of an exchange leaves the old content under its name', async () => {
    assert.match(said('m1'), /^RESULT killed $/m, whole())
    assert.match(said('m1'), /^BETWEEN .*part_m1000000_.*replaced_/m, whole())
    const seen = result('restored')
    assert.equal(seen.byte, 68, whole())
    assert.equal(result('reverted3').byte, 17, whole())
  })
})
