import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import { buildGuestImage } from '../../tools/guest-image/build.ts'
import { until } from './until.ts'

/** Registers the tiny guest image and waits until the server has it. */
export async function registerGuestTemplate(client: Client, workDir: string, zoneid: string): Promise<string> {
  const file = join(workDir, 'guest.qcow2')
  await buildGuestImage({ out: file })
  return await registerImage(client, zoneid, file, {
    name: 'alto-guest',
    displaytext: 'Counts ticks and writes them to its disk',
  })
}

/**
 * Registers an image of this machine through the API and waits until the server has it: it is served from a listener on
 * loopback that lives only meanwhile, and the setting that allows that address is put back.
 */
export async function registerImage(
  client: Client,
  zoneid: string,
  file: string,
  more: { readonly name: string; readonly displaytext: string; readonly passwordenabled?: boolean },
): Promise<string> {
  const image = readFileSync(file)
  const server = createServer((_request, response) => response.end(image))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const name = 'alto.fetch.allowed.cidrs'
  try {
    await client.get('updateConfiguration', { name, value: '127.0.0.1/32' })
    const { items } = await client.list('listOsTypes', { description: 'Debian GNU/Linux 12 (64-bit)' })
    const created = await client.get('registerTemplate', {
      ...more,
      format: 'QCOW2',
      hypervisor: 'KVM',
      zoneid,
      url: `http://127.0.0.1:${port}/guest.qcow2`,
      checksum: `{SHA-256}${createHash('sha256').update(image).digest('hex')}`,
      ispublic: true,
      ...(items[0]?.id === undefined ? {} : { ostypeid: String(items[0].id) }),
    })
    const id = String(created.id)
    await until('the template is ready', 120_000, async () => {
      const found = await client.list('listTemplates', { templatefilter: 'all', zoneid, id })
      return found.items[0]?.isready === true
    })
    return id
  } finally {
    server.close()
    server.closeAllConnections()
    await client.get('updateConfiguration', { name, value: '' }).catch(() => undefined)
  }
}
