import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runtime } from '@altostack/core'
import { labFailure } from './errors.ts'
import { ask } from './guest-agent.ts'
import type { MachineImage } from './machine-image.ts'
import { linkExists, removeLink } from './network.ts'
import { run, startDetached } from './run.ts'

/** A host that is a full QEMU system. As with containers, its process is found in /proc by the machine's name. */
export interface MachineSpec {
  readonly machine: string
  readonly bridge: string
  /** Tap that becomes the host's eth0. */
  readonly cable: string
  readonly image: MachineImage
  /** Path of a first process instead of systemd. */
  readonly init?: string
  /** Holds `disk.qcow2`, `layer.tar` and `console.log`. */
  readonly dir: string
  /** 32 hexadecimal digits. */
  readonly machineId: string
  readonly mac: string
}

/** Mebibytes that a machine host sees; QEMU itself takes some 900 of the machine's. */
export const machineMemoryMiB = 1536

/** Pid of the host's QEMU; undefined while it is off. */
export function machinePid(machine: string): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const argv = commandLine(entry)
    if (argv[0]?.endsWith('qemu-system-x86_64') && argv.includes(nameOf(machine)) && !isZombie(entry)) {
      return Number(entry)
    }
  }
  return undefined
}

/** Where the guest agent of the host answers: an abstract socket, which goes with its process. */
export function agentSocket(machine: string): string {
  return `\0${nameOf(machine)}-agent`
}

/** Powers the machine on. Throws `lab.host-start` with QEMU's last words. */
export async function startMachine(spec: MachineSpec, runtime: Runtime): Promise<void> {
  if (machinePid(spec.machine) !== undefined) return
  if (!(await linkExists(spec.cable))) await run(['ip', 'tuntap', 'add', spec.cable, 'mode', 'tap'])
  await run(['ip', 'link', 'set', spec.cable, 'master', spec.bridge, 'up'])
  const log = join(spec.dir, 'qemu.log')
  await startDetached(qemuArgv(spec), log)
  const socket = agentSocket(spec.machine)
  for (let waited = 0; waited < 5_000; waited += 50) {
    await runtime.sleep(50)
    if (machinePid(spec.machine) === undefined) break
    // The socket is there as soon as QEMU has taken its arguments.
    if (readFileSync('/proc/net/unix', 'utf8').includes(`@${socket.slice(1)}`)) return
  }
  const said = existsSync(log) ? (await readFile(log, 'utf8')).trim().slice(-800) : ''
  throw labFailure('lab.host-start', `The machine ${spec.machine} did not start`, { seen: said })
}

/**
 * What an emulated CPU spends a minute on, and on a busy machine so long that udev gives up the boot: self-tests of
 * ciphers, and ciphers by instructions that are emulated themselves.
 */
const slowParts = [
  'cryptomgr.notests',
  `module_blacklist=${['aesni_intel', 'sha1_ssse3', 'sha256_ssse3', 'sha512_ssse3', 'ghash_clmulni_intel', 'polyval_clmulni', 'powernow_k8', 'kvm_amd', 'kvm_intel'].join(',')}`,
].join(' ')

function qemuArgv(spec: MachineSpec): readonly [string, ...string[]] {
  const uuid = spec.machineId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const disk = (id: string, rest: string): string[] => ['-drive', `if=virtio,id=${id},${rest}`]
  return [
    'qemu-system-x86_64',
    '-name',
    nameOf(spec.machine),
    ...['-uuid', uuid, '-accel', 'tcg,thread=multi,tb-size=256', '-machine', 'q35', '-cpu', 'max'],
    ...['-smp', '2', '-m', String(machineMemoryMiB), '-nodefaults', '-display', 'none'],
    ...['-kernel', spec.image.kernel, '-initrd', spec.image.initrd],
    ...[
      '-append',
      `console=ttyS0 net.ifnames=0 mitigations=off systemd.show_status=0 rw ${slowParts}${spec.init === undefined ? '' : ` lab.init=${spec.init}`}`,
    ],
    // A power cut is the end of QEMU, not of this machine: what QEMU has written stays written.
    ...disk('system', `file=${join(spec.dir, 'disk.qcow2')},format=qcow2,cache=unsafe,discard=unmap`),
    ...disk('layer', `file=${join(spec.dir, 'layer.tar')},format=raw,readonly=on`),
    ...['-netdev', `tap,id=cable,ifname=${spec.cable},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=cable,mac=${spec.mac}`, '-device', 'i6300esb', '-device', 'virtio-rng-pci'],
    ...[
      '-device',
      'virtio-serial-pci',
      '-chardev',
      `socket,id=agent,path=${agentSocket(spec.machine).slice(1)},abstract=on,server=on,wait=off`,
    ],
    ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
    ...['-chardev', `file,id=console,path=${join(spec.dir, 'console.log')},append=on`, '-serial', 'chardev:console'],
  ]
}

/** Power cut. Returns when the process is gone. */
export async function killMachine(machine: string, cable: string, runtime: Runtime): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 10) {
    const pid = machinePid(machine)
    if (pid === undefined) return removeLink(cable)
    signal(pid, 'SIGKILL')
    await runtime.sleep(10)
  }
  throw labFailure('lab.program', `The process of ${machine} does not end`)
}

/** Orderly power off, asked through the guest agent. Falls back to a power cut after `timeoutMs`. */
export async function shutDownMachine(
  machine: string,
  cable: string,
  runtime: Runtime,
  timeoutMs: number,
): Promise<void> {
  if (machinePid(machine) === undefined) return
  // The machine that goes down gives no answer.
  void ask(agentSocket(machine), 'guest-shutdown', { mode: 'powerdown' }, runtime).catch(() => {})
  for (let waited = 0; waited < timeoutMs && machinePid(machine) !== undefined; waited += 100) await runtime.sleep(100)
  await killMachine(machine, cable, runtime)
}

/** Stops or continues the whole machine, its kernel too. */
export function freezeMachine(machine: string, freeze: boolean): void {
  const pid = machinePid(machine)
  if (pid !== undefined) signal(pid, freeze ? 'SIGSTOP' : 'SIGCONT')
}

/** Proportional memory of the machine's QEMU, bytes. */
export function machineMemory(machine: string): number {
  const pid = machinePid(machine)
  if (pid === undefined) return 0
  return Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024
}

/** Makes the host's own disk over the image, and packs its files for the first boot. */
export async function makeMachineDisk(dir: string, image: MachineImage): Promise<void> {
  await run(['tar', '-C', join(dir, 'up'), '--numeric-owner', '-cf', join(dir, 'layer.tar'), '.'])
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', image.disk, '-F', 'raw', join(dir, 'disk.qcow2')])
}

function nameOf(machine: string): string {
  return `altolab-${machine}`
}

function commandLine(pid: string): readonly string[] {
  return read(`/proc/${pid}/cmdline`).split('\0')
}

function isZombie(pid: string): boolean {
  return /^State:\s+Z/m.test(read(`/proc/${pid}/status`))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // ended meanwhile
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
