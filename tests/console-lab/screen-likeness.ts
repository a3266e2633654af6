import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '@altostack/lab'
import type { Page } from 'playwright-core'
import { onHost } from '../runbook/host-access.ts'

/** The guest's screen as QEMU shows it at the host: a PNG that libvirt takes there. */
export async function screenAtHost(host: LabHost, instanceName: string): Promise<Buffer> {
  const file = '/var/lib/libvirt/screen.png'
  await onHost(host, 'virsh', '-q', 'screenshot', instanceName, file)
  const picture = readFileSync(join(host.dir, 'root', file))
  await onHost(host, 'rm', file)
  return picture
}

export type Likeness = {
  readonly sameSize: boolean
  /** Share of pixels that are equal, 0 to 1. */
  readonly equal: number
  /** Pixels of the host's picture that are not black. */
  readonly lit: number
}

/** Compares the picture with what the browser's console shows, pixel by pixel, in the browser. */
export async function likeness(page: Page, picture: Buffer): Promise<Likeness> {
  return await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob('${picture.toString('base64')}'), (char) => char.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes]))
    const drawn = new OffscreenCanvas(image.width, image.height).getContext('2d')
    drawn.drawImage(image, 0, 0)
    const theirs = drawn.getImageData(0, 0, image.width, image.height).data
    const canvas = document.querySelector('canvas')
    const sameSize = canvas.width === image.width && canvas.height === image.height
    if (!sameSize) return { sameSize, equal: 0, lit: 0 }
    const ours = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    let equal = 0
    let lit = 0
    for (let at = 0; at < theirs.length; at += 4) {
      const near = [0, 1, 2].every((part) => Math.abs(ours[at + part] - theirs[at + part]) <= 8)
      if (near) equal++
      if (theirs[at] + theirs[at + 1] + theirs[at + 2] > 30) lit++
    }
    return { sameSize, equal: equal / (theirs.length / 4), lit }
  })()`)
}
