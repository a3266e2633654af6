import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { qemuOwner } from '../src/storage/qemu-owner.ts'
import { type AgentHost, cannotRun, startAgentHost, tokens, until } from './agent-host.ts'

const skip = cannotRun()
const MIB = 1 << 20
let host: AgentHost
before(async () => {
  if (skip !== false) return
  host = await startAgentHost()
  await until('libvirt answers', async () => host.agent.context.libvirt.up())
  await host.agent.handlers['pool.attach']({ tokens: tokens(), pool: host.pool, create: true })
})
after(async () => {
  if (skip === false) await host?.stop()
})
const at = (name: string): string => join(host.pool.path, name)
const qemuImg = (...args: string[]): void => void execFileSync('qemu-img', args, { stdio: 'pipe' })
const seen = async (name: string) => (await host.agent.handlers['volume.unmanaged']({ pool: host.pool, name })).files[0]
const adopt = async (
  name: string,
  virtualSizeBytes: number,
  format: 'qcow2' | 'raw' = 'qcow2',
  volumeUuid = randomUUID() as string,
) => {
  const call = { tokens: tokens(), pool: host.pool, name, volumeUuid, format, virtualSizeBytes }
  return await host.agent.handlers['volume.adopt'](call)
}

test('files made by hand become volumes that QEMU owns, with what was on them', { skip }, async () => {
  qemuImg('create', '-q', '-f', 'qcow2', at('db.qcow2'), '16M')
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 7 1M 1M', at('db.qcow2')], { stdio: 'pipe' })
  writeFileSync(at('plain.img'), Buffer.alloc(3 * MIB, 9))
  assert.deepEqual(await seen('plain.img'), {
    ...{ name: 'plain.img', sizeBytes: 3 * MIB, format: 'raw', virtualSizeBytes: 3 * MIB },
  })
  const owner = await qemuOwner(host.agent.context)
  for (const [name, size, format] of [
    ['db.qcow2', 16 * MIB, 'qcow2'],
    ['plain.img', 3 * MIB, 'raw'],
  ] as const) {
    chownSync(at(name), 12, 34)
    const volumeUuid = randomUUID()
    await adopt(name, size, format, volumeUuid)
    const info = statSync(at(volumeUuid))
    assert.deepEqual([info.uid, info.gid, info.mode & 0o777, info.nlink], [owner.uid, owner.gid, 0o660, 1])
    assert.equal(await seen(name), undefined)
    const read = format === 'raw' ? 'read -P 9 0 3M' : 'read -P 7 1M 1M'
    execFileSync('qemu-io', ['-r', '-f', format, '-c', read, at(volumeUuid)], { stdio: 'pipe' })
    // And back: whoever has the path finds it where it was.
    const back = { tokens: tokens(), pool: host.pool, name, volumeUuid }
    await host.agent.handlers['volume.release'](back)
    assert.equal((await seen(name))?.virtualSizeBytes, size)
    rmSync(at(name))
  }
})

test('what reaches for other files, or is not what it seems, is named and left as it was', { skip }, async () => {
  const secret = join(host.dir, 'secret')
  writeFileSync(secret, Buffer.alloc(MIB, 1))
  symlinkSync(secret, at('link.img'))
  linkSync(secret, at('hard.img'))
  mkdirSync(at('directory.img'))
  execFileSync('mkfifo', [at('pipe.img')])
  qemuImg('create', '-q', '-f', 'qcow2', '-b', secret, '-F', 'raw', at('backed.qcow2'))
  qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${join(host.dir, 'data')}`, at('outside.qcow2'), '1M')
  qemuImg('create', '-q', '-f', 'vmdk', at('other.vmdk'), '1M')
  qemuImg('create', '-q', '-f', 'qcow2', at('short.qcow2'), '1M')
  writeFileSync(at('short.qcow2'), readFileSync(at('short.qcow2')).subarray(0, 80))
  writeFileSync(at('odd.img'), 'no disk')
  const expected: Record<string, RegExp> = {
    'link.img': /symbolic link/,
    'hard.img': /second name/,
    'directory.img': /no file/,
    'pipe.img': /no file/,
    'backed.qcow2': /based on another file/,
    'outside.qcow2': /in another file/,
    'other.vmdk': /VMDK/,
    'short.qcow2': /header/,
    'odd.img': /whole sectors/,
  }
  for (const [name, pattern] of Object.entries(expected)) {
    const file = await seen(name)
    assert.match(String(file?.seen), pattern, name)
    assert.equal(file?.format, undefined)
    await assert.rejects(adopt(name, MIB), { code: 'template.unsafe' }, name)
    await assert.rejects(adopt(name, MIB, 'raw'), { code: 'template.unsafe' }, name)
  }
  assert.deepEqual(readFileSync(secret), Buffer.alloc(MIB, 1))
  assert.equal(statSync(secret).uid, 0)
  const listed = (await host.agent.handlers['volume.unmanaged']({ pool: host.pool })).files.map(({ name }) => name)
  assert.deepEqual(listed.toSorted(), Object.keys(expected).toSorted())
  for (const name of Object.keys(expected)) rmSync(at(name), { recursive: true })
})

test('an image that only QEMU finds broken is refused, and is whose it was', { skip }, async () => {
  qemuImg('create', '-q', '-f', 'qcow2', at('broken.qcow2'), '16M')
  const bytes = readFileSync(at('broken.qcow2'))
  // The place of the table of clusters: far behind the end, and not on a cluster.
  bytes.writeBigUInt64BE(0x7fff_ffff_ffff_0201n, 40)
  writeFileSync(at('broken.qcow2'), bytes)
  chownSync(at('broken.qcow2'), 12, 34)
  assert.equal((await seen('broken.qcow2'))?.format, 'qcow2')
  await assert.rejects(adopt('broken.qcow2', 16 * MIB), { code: 'template.unsafe' })
  const info = statSync(at('broken.qcow2'))
  assert.deepEqual([info.uid, info.gid, info.mode & 0o777], [12, 34, 0o644])
  rmSync(at('broken.qcow2'))
})

test('a file that a guest has is refused; so is a name that is taken', { skip }, async () => {
  qemuImg('create', '-q', '-f', 'qcow2', at('used.qcow2'), '8M')
  const xml = join(host.dir, 'used.xml')
  writeFileSync(
    xml,
    `<domain type='qemu'><name>used</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os>
     <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${at('used.qcow2')}'/><target dev='vda'/></disk></devices></domain>`,
  )
  const virsh = (...args: string[]): void =>
    void execFileSync('virsh', ['-c', `qemu:///system?socket=${host.daemon.socket}`, ...args], { stdio: 'pipe' })
  virsh('define', xml)
  await assert.rejects(adopt('used.qcow2', 8 * MIB), { code: 'volume.in-use' })
  virsh('undefine', 'used')
  const taken = randomUUID()
  const volume = { uuid: taken, sizeBytes: 8 * MIB, format: 'qcow2' as const }
  await host.agent.handlers['volume.create']({ tokens: tokens(), pool: host.pool, volume })
  await assert.rejects(adopt('used.qcow2', 8 * MIB, 'qcow2', taken), { code: 'volume.conflict' })
  const { ino } = statSync(at('used.qcow2'))
  const volumeUuid = randomUUID()
  // A crash between the new name and the removal of the old one.
  linkSync(at('used.qcow2'), at(volumeUuid))
  await adopt('used.qcow2', 8 * MIB, 'qcow2', volumeUuid)
  assert.deepEqual([statSync(at(volumeUuid)).ino, statSync(at(volumeUuid)).nlink], [ino, 1])
})
