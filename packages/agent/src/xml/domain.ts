import type { VmSpec } from '@altostack/agent-api'
import { type Cdrom, cdromBus, cdromElement, hasIsoDrive, type IsoSource, isoDriveElement } from './cdrom.ts'
import { type DiskSource, diskElement } from './disks.ts'
import { type GuestMark, metadataElement } from './metadata.ts'
import { nicElement } from './nics.ts'
import { type XmlText, xml } from './xml-text.ts'

/** What the host adds to a spec; all of it is stored or follows from the host's proof of acceleration. */
export type DomainChoices = {
  readonly acceleration: 'kvm' | 'tcg'
  readonly machineType: string
  readonly cpu: XmlText
  readonly mark: GuestMark
  readonly disks: readonly DiskSource[]
  readonly cdroms: readonly Cdrom[]
  /** The disc in the drive for ISOs; absent: none. */
  readonly iso?: IsoSource | undefined
  /** Absolute path of the emulator; absent: libvirt's default for the architecture. */
  readonly emulator?: string
  readonly consoleLog: string
  readonly vncListen: string
  readonly tbCacheMiB: number
  /** Clock of the host's CPUs: what a hard limit is a share of. */
  readonly hostMhz: number
}

/** Translation blocks of an emulated guest are bounded, else each takes up to a fourth of its memory. */
function tcgFeature(choices: DomainChoices): XmlText | false {
  if (choices.acceleration !== 'tcg') return false
  return xml`<tcg>
  <tb-cache unit='MiB'>${choices.tbCacheMiB}</tb-cache>
</tcg>`
}

const periodUs = 100_000

/** CPU shares follow the clock that was asked for (100 for each GHz); a hard limit only where the offering has one. */
function cpuTune(spec: VmSpec, hostMhz: number): XmlText {
  // cgroup v2 takes weights up to 10000 only.
  const shares = Math.min(10_000, Math.max(2, Math.round((spec.cpus * spec.cpuMhz) / 10)))
  const quota = Math.max(1000, Math.round((periodUs * spec.cpuMhz) / hostMhz))
  return xml`<cputune>
  <shares>${shares}</shares>
  ${spec.limitCpu && xml`<period>${periodUs}</period>`}
  ${spec.limitCpu && xml`<quota>${quota}</quota>`}
</cputune>`
}

function firmware(spec: VmSpec): XmlText | false {
  return spec.bootMode === 'UEFI' && xml` firmware='efi'`
}

function hasSmbios(spec: VmSpec): boolean {
  return spec.architecture === 'x86_64' || spec.architecture === 'aarch64'
}

/** By these words cloud-init of distributions' images knows that its data come as CloudStack gives them; else it stays off. */
function sysinfo(spec: VmSpec): XmlText | false {
  if (!hasSmbios(spec)) return false
  return xml`<sysinfo type='smbios'>
  <system>
    <entry name='manufacturer'>Apache Software Foundation</entry>
    <entry name='product'>CloudStack KVM Hypervisor</entry>
    <entry name='uuid'>${spec.uuid}</entry>
  </system>
</sysinfo>`
}

/** `0.0.0.0` or `::` for libvirt and QEMU. The password is given at creation and never read back. */
function graphics(spec: VmSpec, choices: DomainChoices): XmlText {
  const password = spec.vncPassword === '' ? undefined : spec.vncPassword
  return xml`<graphics type='vnc' port='-1' autoport='yes'${password !== undefined && xml` passwd='${password}'`}>
  <listen type='address' address='${choices.vncListen}'/>
</graphics>`
}

/** The transient domain of a spec: pure, so that every host builds the same guest from the same spec and choices. */
export function domainXml(spec: VmSpec, choices: DomainChoices): string {
  const memoryKiB = Math.floor(spec.memoryBytes / 1024)
  const nics = spec.nics.toSorted((a, b) => a.deviceId - b.deviceId)
  const disks = choices.disks.toSorted((a, b) => a.deviceId - b.deviceId)
  const { cdroms, machineType } = choices
  const drives = cdromBus(machineType)
  const scsi = drives === 'scsi' || disks.some((disk) => disk.bus === 'scsi')
  return xml`<domain type='${choices.acceleration === 'kvm' ? 'kvm' : 'qemu'}'>
  <name>${spec.instanceName}</name>
  <uuid>${spec.uuid}</uuid>
  <title>${spec.displayName.replace(/[\r\n]/g, ' ')}</title>
  <metadata>
    ${metadataElement(choices.mark)}
  </metadata>
  <memory unit='KiB'>${memoryKiB}</memory>
  <currentMemory unit='KiB'>${memoryKiB}</currentMemory>
  <vcpu placement='static'>${spec.cpus}</vcpu>
  ${cpuTune(spec, choices.hostMhz)}
  ${sysinfo(spec)}
  <os${firmware(spec)}>
    <type arch='${spec.architecture}' machine='${machineType}'>hvm</type>
    ${hasSmbios(spec) && xml`<smbios mode='sysinfo'/>`}
  </os>
  <features>
    <acpi/>
    <apic/>
    ${tcgFeature(choices)}
  </features>
  ${choices.cpu}
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='hpet' present='no'/>
  </clock>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    ${choices.emulator !== undefined && xml`<emulator>${choices.emulator}</emulator>`}
    ${disks.map(diskElement)}
    ${cdroms.map((drive) => cdromElement(drive, machineType))}
    ${hasIsoDrive(disks, machineType) && isoDriveElement(choices.iso, machineType)}
    ${scsi && xml`<controller type='scsi' index='0' model='virtio-scsi'/>`}
    ${nics.map((nic, at) => nicElement(nic, at + 3))}
    <serial type='pty'>
      <log file='${choices.consoleLog}' append='on'/>
      <target port='0'/>
    </serial>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <input type='tablet' bus='usb'/>
    ${graphics(spec, choices)}
    <video>
      <model type='vga' vram='16384' heads='1' primary='yes'/>
    </video>
    <memballoon model='virtio' autodeflate='on'>
      <stats period='10'/>
    </memballoon>
    <rng model='virtio'>
      <rate bytes='2048' period='1000'/>
      <backend model='random'>/dev/urandom</backend>
    </rng>
  </devices>
</domain>
`.text
}
