import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorText, type Runtime } from '@altostack/core'
import { run } from '../process.ts'

/** tools/trial-boot-sector.s, assembled: long mode, paging, 25 timer interrupts, then QEMU's exit device. */
const bootSector = [
  'fa31c08ed88ec08ed0bc007cfcbf0010b90018f3abc70600100320c70600200330c70600308300bf0050b90008f3abc70600',
  '52ae7cc70602520800c7060452008eb011e620b020e621b004e621b001e621b0fee621b0ffe6a1b034e643b09ce640b02ee6',
  '400f20e00c200f22e066b8001000000f22d866b9800000c00f3280cc010f300f0116d07c0f011ed67c0f20c0660d01000080',
  '0f22c0ea9e7c080031dbfbf483fb1972fab02ae6f4f4ebfdffc350b020e6205848cf000000000000000000000000009a2000',
  '00000000009200001700b87c0000ff0300500000',
].join('')

/** QEMU's exit code when the guest writes 0x2a to isa-debug-exit. */
const ranCode = (0x2a << 1) | 1
/** A host with real hardware acceleration takes half a second; one that hangs or crawls is no use for guests. */
const trialMs = 3000

/**
 * Starts a guest of 512 bytes under /dev/kvm with the host's CPU. Undefined: it ran. Else what was seen. Firmware alone
 * is no proof: there are hosts where it runs and a kernel hangs, so the guest does what a kernel does first.
 */
export async function trialStart(runtime: Runtime, directory: string): Promise<string | undefined> {
  if (process.arch !== 'x64') return `no trial guest for ${process.arch} yet`
  mkdirSync(directory, { recursive: true })
  const image = join(directory, 'trial.img')
  const sector = Buffer.alloc(512)
  Buffer.from(bootSector, 'hex').copy(sector)
  sector.writeUInt16LE(0xaa55, 510)
  writeFileSync(image, sector)
  try {
    const { code, stderr } = await run(
      'qemu-system-x86_64',
      [
        ...[
          '-accel',
          'kvm',
          '-cpu',
          'host',
          '-machine',
          'pc',
          '-m',
          '16',
          '-nodefaults',
          '-display',
          'none',
          '-no-reboot',
        ],
        ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04', '-boot', 'a'],
        ...['-drive', `file=${image.replaceAll(',', ',,')},format=raw,if=floppy,readonly=on`],
      ],
      { runtime, timeoutMs: trialMs, accept: [...Array(256).keys()] },
    )
    if (code === ranCode) return undefined
    return `QEMU ended with ${code}: ${stderr.trim().split('\n').at(-1)}`
  } catch (error) {
    return errorText(error)
  } finally {
    rmSync(image, { force: true })
  }
}
