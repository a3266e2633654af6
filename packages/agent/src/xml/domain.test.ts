import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { vmSpec } from '@altostack/agent-api'
import fc from 'fast-check'
import { emulatedCpu, resolveHostModel, storedCpu } from './cpu.ts'
import { type DomainChoices, domainXml } from './domain.ts'
import { readMark } from './metadata.ts'
import { find, findAll, parseXml, writeXml } from './parse-xml.ts'
import { escapeXml } from './xml-text.ts'

const pool = { uuid: '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0001', type: 'SharedMountPoint', path: '/mnt/primary' } as const
const uuid = '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0002'
const volume = '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0003'
const template = '7d9a0a52-5c6c-4b5e-8f4e-1d3f6a1c0004'
const small = {
  instanceName: 'i-2-3-VM',
  uuid,
  displayName: 'web',
  cpus: 1,
  cpuMhz: 500,
  memoryBytes: 128 * 2 ** 20,
  disks: [{ volumeUuid: volume, pool, format: 'qcow2', deviceId: 0 }],
  nics: [],
  vncPassword: '',
}
const choices: Omit<DomainChoices, 'disks'> = {
  cdroms: [],
  acceleration: 'tcg',
  machineType: 'pc-i440fx-7.2',
  cpu: emulatedCpu,
  mark: { installation: '0123456789abcdef', uuid, generation: 3 },
  consoleLog: '/var/log/libvirt/qemu/i-2-3-VM-console.log',
  vncListen: '127.0.0.1',
  tbCacheMiB: 32,
  hostMhz: 2500,
}

function build(input: object, over: Partial<DomainChoices> = {}): string {
  const spec = vmSpec.parse({ ...small, ...input })
  const backing = [{ path: `${pool.path}/${template}`, format: 'qcow2' as const }]
  const disks = spec.disks.map((disk) => {
    const path = `${disk.pool.path}/${disk.volumeUuid}`
    return { ...disk, kind: 'file' as const, path, backing }
  })
  return domainXml(spec, { ...choices, disks, ...over })
}

function golden(name: string, text: string): void {
  const path = join(import.meta.dirname, `${name}.golden.xml`)
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text)
  assert.equal(text, readFileSync(path, 'utf8'))
}

test('golden: an emulated guest with one overlay disk', () => golden('emulated', build({})))

test('golden: disks on logical volumes, which libvirt may give to QEMU', () => {
  const disks = vmSpec.parse(small).disks.map((disk) => ({
    ...disk,
    kind: 'block' as const,
    path: `/dev/altostack/${volume}`,
    backing: [{ path: `/dev/altostack/${template}`, format: 'qcow2' as const }],
  }))
  golden('block', build({}, { disks }))
})

test('golden: a KVM guest with everything that a spec can say', () => {
  const nic = { nicUuid: uuid, mac: '02:00:0a:01:02:03', bridge: 'cloudbr0' }
  const input = {
    displayName: '<a> & "b"\n\'c\'',
    cpus: 4,
    cpuMhz: 2000,
    limitCpu: true,
    memoryBytes: 4 * 2 ** 30,
    bootMode: 'UEFI',
    vncPassword: 'p<&>"\'1',
    disks: [
      { volumeUuid: volume, pool, format: 'qcow2', deviceId: 0 },
      { volumeUuid: template, pool, format: 'raw', deviceId: 2, bus: 'scsi', cache: 'writeback' },
    ],
    nics: [
      { ...nic, deviceId: 1, model: 'e1000' },
      { ...nic, deviceId: 0, mtu: 1450 },
    ],
  }
  const disks = vmSpec.parse({ ...small, ...input }).disks.map((disk) => {
    const path = `${disk.pool.path}/${disk.volumeUuid}`
    return { ...disk, kind: 'file' as const, path, backing: [] }
  })
  golden(
    'everything',
    build(input, {
      acceleration: 'kvm',
      machineType: 'pc-q35-7.2',
      vncListen: '0.0.0.0',
      disks,
      cpu: storedCpu(
        "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Client</model><feature policy='disable' name='hle'/></cpu>",
      ),
    }),
  )
})

test('the config drive is the fourth disk of the machine: IDE, SATA or SCSI, read-only, never relabelled', () => {
  const cdroms = [{ deviceId: 3 as const, path: '/var/cache/cloud/configdrive/i-2-3-VM-0.iso' }]
  const drive = (machineType: string): [string, string, string] => {
    const root = parseXml(build({}, { cdroms, machineType }))
    const [disk] = findAll(root, 'devices/disk').filter(
      (one) => find(one, 'source')?.attributes.file === cdroms[0]?.path,
    )
    assert.ok(disk)
    assert.equal(disk.attributes.device, 'cdrom')
    assert.ok(find(disk, 'readonly'))
    const target = find(disk, 'target')?.attributes
    const scsi = findAll(root, 'devices/controller').map((one) => one.attributes.model)
    return [String(target?.dev), String(target?.bus), scsi.join()]
  }
  assert.deepEqual(drive('pc-i440fx-7.2'), ['hdd', 'ide', ''])
  assert.deepEqual(drive('pc-q35-7.2'), ['sdd', 'sata', ''])
  assert.deepEqual(drive('virt-7.2'), ['sdd', 'scsi', 'virtio-scsi'])
})

test('every guest has a drive for ISOs, first in the boot order; only an IDE disk in its place takes it', () => {
  const drive = (machineType: string, input: object = {}): (string | undefined)[] => {
    const iso = { kind: 'file' as const, path: '/mnt/primary/iso' }
    const disks = findAll(parseXml(build(input, { iso, machineType })), 'devices/disk')
    const disk = disks.find((one) => one.attributes.device === 'cdrom')
    if (disk === undefined) return []
    assert.equal(find(disk, 'source')?.attributes.file, iso.path)
    assert.equal(find(disk, 'boot')?.attributes.order, '1')
    return [find(disk, 'target')?.attributes.dev, find(disk, 'address')?.attributes.unit]
  }
  assert.deepEqual(drive('pc-i440fx-7.2'), ['hdc', undefined])
  assert.deepEqual(drive('pc-q35-7.2'), ['sdz', '5'])
  assert.deepEqual(drive('virt-7.2'), ['sdz', '25'])
  const disks = small.disks.concat({ ...small.disks[0]!, deviceId: 2 }).map((disk) => ({ ...disk, bus: 'ide' }))
  assert.deepEqual(drive('pc-i440fx-7.2', { disks }), [])
})

test('whatever a name holds, the document keeps its shape', () => {
  const shape = (text: string): string => {
    const strip = (element: ReturnType<typeof parseXml>): unknown => [
      element.name,
      Object.keys(element.attributes),
      element.children.map(strip),
    ]
    return JSON.stringify(strip(parseXml(text)))
  }
  const expected = shape(build({}))
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (displayName) => {
      const text = build({ displayName })
      assert.equal(shape(text), expected)
    }),
    { numRuns: 60 },
  )
})

test('text and attributes survive escaping and strict parsing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      // Characters that XML 1.0 cannot hold are dropped, never passed on.
      const kept = escapeXml(value)
      const root = parseXml(`<a b='${kept}' c="${kept}">x${kept}y</a>`)
      assert.equal(root.attributes.b, root.attributes.c)
      assert.equal(root.text, `x${root.attributes.b}y`)
      assert.equal(parseXml(writeXml(root).text).attributes.b, root.attributes.b)
    }),
  )
})

test('the mark is read back; foreign domains have none', () => {
  assert.deepEqual(readMark(parseXml(build({}))), choices.mark)
  assert.equal(readMark(parseXml('<domain><metadata/></domain>')), undefined)
})

test('formats are always explicit, libvirt never relabels, and an overlay names its base', () => {
  const disk = find(parseXml(build({})), 'devices/disk')
  assert.ok(disk)
  assert.equal(find(disk, 'driver')?.attributes.type, 'qcow2')
  assert.equal(find(disk, 'driver')?.attributes.cache, 'none')
  assert.equal(find(disk, 'backingStore/format')?.attributes.type, 'qcow2')
  assert.equal(find(disk, 'backingStore/source')?.attributes.file, `${pool.path}/${template}`)
  assert.equal(find(disk, 'source/seclabel')?.attributes.relabel, 'no')
  assert.equal(findAll(disk, 'backingStore/backingStore').length, 1)
})

test('host-model becomes a CPU that another host can be compared with', () => {
  const capabilities = `<domainCapabilities><cpu><mode name='host-passthrough' supported='yes'/>
    <mode name='host-model' supported='yes'><model fallback='forbid'>Cascadelake-Server</model><vendor>Intel</vendor>
    <feature policy='require' name='ss'/><feature policy='disable' name='hle'/></mode></cpu></domainCapabilities>`
  const cpu = parseXml(resolveHostModel(capabilities).text)
  assert.equal(find(cpu, 'model')?.text, 'Cascadelake-Server')
  assert.deepEqual(
    findAll(cpu, 'feature').map((one) => one.attributes),
    [
      { policy: 'require', name: 'ss' },
      { policy: 'disable', name: 'hle' },
    ],
  )
  assert.throws(() => resolveHostModel('<domainCapabilities/>'), { code: 'vm.cpu' })
})

test('a stored CPU may hold nothing but a CPU', () => {
  for (const bad of ['<cpu><emulator>/bin/sh</emulator></cpu>', '<domain/>', '<cpu', '<!DOCTYPE a><cpu/>', '']) {
    assert.throws(() => storedCpu(bad), { code: 'vm.cpu' }, bad)
  }
})
