import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildGuestImage } from '../../../tools/guest-image/build.ts'
import type { Lab, LabHost } from '../src/index.ts'
import { execute } from '../src/run.ts'

/** A guest made by virsh alone: it proves hosts and image, without any part of the product. */
const name = 'tick'
const mac = '02:00:00:00:00:71'
const serialLog = `/var/log/libvirt/qemu/${name}.serial`

/** Builds the image into the shared directory, with an overlay for the guest. */
export async function guestImage(sharedDir: string): Promise<void> {
  const image = join(sharedDir, 'template.qcow2')
  await buildGuestImage({ out: image })
  await chmod(image, 0o644)
  const made = await execute([
    'qemu-img',
    'create',
    '-q',
    '-f',
    'qcow2',
    '-F',
    'qcow2',
    '-b',
    image,
    join(sharedDir, `${name}.qcow2`),
  ])
  assert.equal(made.code, 0, made.stderr)
  // The hosts know the directory by another path: the name of the backing file must be relative.
  const argv = [
    'qemu-img',
    'rebase',
    '-u',
    '-F',
    'qcow2',
    '-b',
    'template.qcow2',
    join(sharedDir, `${name}.qcow2`),
  ] as const
  assert.equal((await execute(argv)).code, 0)
}

/** Makes a config drive as CloudStack and OpenStack do it, with a host name, a key and a script. */
export async function configDrive(host: LabHost): Promise<void> {
  const key = (await readFile(`${host.privateKeyPath}.pub`, 'utf8')).trim()
  const files = {
    'openstack/latest/meta_data.json': JSON.stringify({ hostname: 'ticker', public_keys: { lab: key } }),
    'openstack/latest/user_data': '#!/bin/sh\necho LAB-SCRIPT-RAN >/dev/console\n',
  }
  await host.exec(['mkdir', '-p', '/tmp/config/openstack/latest'])
  for (const [path, input] of Object.entries(files)) await host.exec(['tee', `/tmp/config/${path}`], { input })
  const argv = ['genisoimage', '-quiet', '-R', '-V', 'config-2', '-o', '/mnt/shared/config.iso', '/tmp/config'] as const
  const made = await host.exec(argv)
  assert.equal(made.code, 0, made.stderr)
}

export function guestAddress(lab: Lab): string {
  return lab.serverIp.replace(/\.1$/, '.200')
}

/** Answers the guest's DHCP from `host`, as the product's agent will do one day. */
export async function serveGuestAddress(host: LabHost, address: string): Promise<{ stop(): Promise<void> }> {
  const unit = 'lab-dhcp'
  const started = await host.exec([
    'systemd-run',
    '-q',
    `--unit=${unit}`,
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--port=0',
    '--interface=cloudbr0',
    '--bind-interfaces',
    `--dhcp-range=${address},static,255.255.255.0`,
    `--dhcp-host=${mac},${address}`,
  ])
  assert.equal(started.code, 0, started.stderr)
  return { stop: async () => void (await host.exec(['systemctl', 'stop', unit])) }
}

export async function bootGuest(host: LabHost): Promise<void> {
  await host.exec(['tee', '/tmp/guest.xml'], { input: libvirtDomainXml })
  const created = await host.exec(['virsh', '-q', 'create', '/tmp/guest.xml'])
  assert.equal(created.code, 0, created.stderr)
}

/** Moves the guest live over ssh, with a key that is in `from` for this moment only. */
export async function migrateGuest(from: LabHost, to: LabHost): Promise<void> {
  const key = '/tmp/migration-key'
  await from.exec(['install', '-m', '600', '/dev/null', key])
  await from.exec(['tee', key], { input: await readFile(from.privateKeyPath, 'utf8') })
  const url = `qemu+ssh://root@${to.ip}/system?no_verify=1&keyfile=${key}`
  // libvirt sees the local file system below the shared directory, hence --unsafe.
  const argv = ['virsh', '-q', 'migrate', '--live', '--unsafe', name, url, '--migrateuri', `tcp://${to.ip}`] as const
  const moved = await from.exec(argv, { timeoutMs: 60_000 })
  await from.exec(['rm', '-f', key])
  assert.equal(moved.code, 0, moved.stderr)
}

/** What the guest said on its serial line while it was on `host`; also when the host is off. */
export async function serialLines(host: LabHost): Promise<readonly string[]> {
  const path = join(host.dir, 'root', serialLog)
  if (!existsSync(path)) return []
  // A line that is being written has no end yet.
  return (await readFile(path, 'utf8')).replaceAll('\r', '').split('\n').slice(0, -1)
}

const libvirtDomainXml = `<domain type='qemu'>
<name>${name}</name><uuid>6f1d5a52-7a51-4c1a-9f0e-5d4c1f7a2b10</uuid><memory unit='MiB'>128</memory><vcpu>1</vcpu>
<cputune><shares>500</shares></cputune>
<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type><boot dev='hd'/></os>
<features><acpi/><apic/></features>
<cpu mode='custom' match='exact' check='none'><model fallback='allow'>qemu64</model></cpu>
<clock offset='utc'/><on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/>
<source file='/mnt/shared/${name}.qcow2'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/mnt/shared/config.iso'/>
<target dev='hda' bus='ide'/><readonly/></disk>
<interface type='bridge'><source bridge='cloudbr0'/><mac address='${mac}'/><model type='virtio'/></interface>
<serial type='pty'><log file='${serialLog}' append='on'/></serial>
<memballoon model='none'/></devices></domain>
`
