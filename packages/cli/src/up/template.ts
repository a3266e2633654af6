import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Client } from '@altostack/api'
import { repositoryRoot } from '../repository-root.ts'
import { must } from '../run.ts'
import { type Infrastructure, names } from './infrastructure.ts'

type TemplateFile = {
  readonly file: string
  readonly sha256: string
  readonly displaytext: string
  readonly hypervisor: string
}

/** Builds the guest image from Debian packages, once; the builder is a tool of the repository with its own cache. */
export async function buildTemplate(dataDir: string): Promise<TemplateFile> {
  const file = join(dataDir, 'template', 'alto-guest.qcow2')
  if (!existsSync(`${file}.sha256`)) {
    await must(
      [
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        join(repositoryRoot(), 'tools/guest-image/build.ts'),
        file,
      ],
      {
        timeoutMs: 600_000,
      },
    )
    await must([
      'sh',
      '-c',
      'sha256sum "$1" | cut -d" " -f1 >"$1.sha256.new" && mv "$1.sha256.new" "$1.sha256"',
      'sh',
      file,
    ])
  }
  return {
    file,
    sha256: readFileSync(`${file}.sha256`, 'utf8').trim(),
    displaytext: 'Tiny Debian kernel and busybox: DHCP, ssh, http, a tick each second',
    hypervisor: 'KVM',
  }
}

/** For simulated hosts: an empty disk. The server looks at it with qemu-img as at any other. */
export async function emptyTemplate(dataDir: string): Promise<TemplateFile> {
  const file = join(dataDir, 'template', 'empty.qcow2')
  mkdirSync(dirname(file), { recursive: true })
  if (!existsSync(file)) {
    await must(['qemu-img', 'create', '-q', '-f', 'qcow2', `${file}.new`, '64M'])
    renameSync(`${file}.new`, file)
  }
  return {
    file,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    displaytext: 'An empty disk',
    hypervisor: 'Simulator',
  }
}

/** Registers the template through the API: the server fetches it from a listener of ours that lives only meanwhile. */
export async function ensureTemplate(
  client: Client,
  place: Infrastructure,
  make: () => Promise<TemplateFile>,
): Promise<string> {
  const found = await findTemplate(client, place.zoneId)
  if (found?.isready === true) return String(found.id)
  const template = await make()
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/octet-stream')
    if (request.method === 'HEAD') response.end()
    else createReadStream(template.file).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await allowOwnAddress(client)
    const { port } = server.address() as AddressInfo
    const id = found === undefined ? await register(client, place, port, template) : String(found.id)
    await waitReady(client, place.zoneId, id)
    return id
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** Adds 127.0.0.1/32 to the addresses that templates may come from, and keeps what the operator put there. */
async function allowOwnAddress(client: Client): Promise<void> {
  const name = 'alto.fetch.allowed.cidrs'
  const current = String((await client.list('listConfigurations', { name })).items[0]?.value ?? '')
  const parts = current
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (parts.includes('127.0.0.1/32')) return
  await client.get('updateConfiguration', { name, value: [...parts, '127.0.0.1/32'].join(',') })
}

async function register(client: Client, place: Infrastructure, port: number, template: TemplateFile): Promise<string> {
  const osTypes = await client.list('listOsTypes', { description: 'Debian GNU/Linux 12 (64-bit)' })
  const created = await client.get('registerTemplate', {
    name: names.template,
    displaytext: template.displaytext,
    format: 'QCOW2',
    hypervisor: template.hypervisor,
    zoneid: place.zoneId,
    url: `http://127.0.0.1:${port}/alto-guest.qcow2`,
    checksum: `{SHA-256}${template.sha256}`,
    ispublic: true,
    isfeatured: true,
    ...(osTypes.items[0]?.id === undefined ? {} : { ostypeid: String(osTypes.items[0].id) }),
  })
  return String(created.id)
}

async function findTemplate(
  client: Client,
  zoneid: string,
): Promise<{ id?: unknown; isready?: unknown; status?: unknown } | undefined> {
  const { items } = await client.list('listTemplates', { templatefilter: 'all', zoneid, name: names.template })
  return items[0]
}

async function waitReady(client: Client, zoneid: string, id: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 300) {
    const template = await findTemplate(client, zoneid)
    if (template?.isready === true) return
    const status = String(template?.status ?? '')
    if (/error|fail|refused/i.test(status)) {
      throw Object.assign(new Error(`The template could not be registered: ${status}`), {
        code: 'up.template',
        seen: id,
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  throw Object.assign(new Error('The template is not ready after two minutes'), { code: 'up.template', seen: id })
}
