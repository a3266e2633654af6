/**
 * The guest that proves acceleration: agent/tools/trial-boot-sector.s, assembled. Long mode, paging, 25 timer interrupts,
 * then QEMU's exit device. 512 bytes, because hosts exist where firmware runs and a kernel hangs.
 */
const bootSector = [
  'fa31c08ed88ec08ed0bc007cfcbf0010b90018f3abc70600100320c70600200330c70600308300bf0050b90008f3abc70600',
  '52ae7cc70602520800c7060452008eb011e620b020e621b004e621b001e621b0fee621b0ffe6a1b034e643b09ce640b02ee6',
  '400f20e00c200f22e066b8001000000f22d866b9800000c00f3280cc010f300f0116d07c0f011ed67c0f20c0660d01000080',
  '0f22c0ea9e7c080031dbfbf483fb1972fab02ae6f4f4ebfdffc350b020e6205848cf000000000000000000000000009a2000',
  '00000000009200001700b87c0000ff0300500000',
].join('')

/** A floppy image with the trial guest. */
export function trialGuestImage(): Uint8Array {
  const sector = new Uint8Array(512)
  for (let at = 0; at * 2 < bootSector.length; at++) {
    sector[at] = Number.parseInt(bootSector.slice(at * 2, at * 2 + 2), 16)
  }
  sector[510] = 0x55
  sector[511] = 0xaa
  return sector
}

/** QEMU's exit code when the trial guest ran to its end. */
export const trialGuestRan: number = (0x2a << 1) | 1
/** QEMU's arguments for it, except for the drive: `file=…,format=raw,if=floppy,readonly=on`. */
export const trialGuestArguments: readonly string[] = [
  ...['-accel', 'kvm', '-cpu', 'host', '-machine', 'pc', '-m', '16', '-nodefaults', '-display', 'none', '-no-reboot'],
  ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', '-boot', 'a'],
]
/** A host with real acceleration takes half a second; one that hangs or crawls is no use for guests. */
export const trialGuestMs = 3000
