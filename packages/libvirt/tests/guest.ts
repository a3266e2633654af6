import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A boot sector that overwrites 512 KiB of memory with an ever new value: a guest that is never clean. 16-bit code:
 * inc dx; for es = 0x1000 .. 0x8000 step 0x1000: fill the segment with dx; again.
 */
const dirtyingBootSector = '42 bb0010 8ec3 31ff b90080 89d0 f3ab 81c30010 81fb0090 75eb ebe5'.replaceAll(' ', '')

/** Writes a disk image that boots into the loop above, and returns its path. */
export function writeDirtyingDisk(dir: string): string {
  const image = Buffer.alloc(1024 * 1024)
  Buffer.from(dirtyingBootSector, 'hex').copy(image)
  image.writeUInt16BE(0x55aa, 510)
  const path = join(dir, 'dirty.img')
  writeFileSync(path, image)
  return path
}

export interface GuestOptions {
  readonly name: string
  readonly memoryMiB?: number
  readonly uuid?: string
  /** XML of further devices. */
  readonly devices?: string
  readonly emulator?: string
}

/** The smallest guest: software emulation, no disk, no network unless given. */
export function guestXml({ name, memoryMiB = 32, uuid, devices = '', emulator }: GuestOptions): string {
  return `<domain type='qemu'>
  <name>${name}</name>${uuid ? `<uuid>${uuid}</uuid>` : ''}
  <memory unit='MiB'>${memoryMiB}</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>${emulator ? `<emulator>${emulator}</emulator>` : ''}${devices}</devices>
</domain>`
}
