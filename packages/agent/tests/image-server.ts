import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { Params } from '@altostack/agent-api'
import type { TestAuthority } from './agent-host.ts'

type Template = Params<'template.install'>['template']
export type ImageServer = {
  readonly port: number
  /** Ranges that were asked for, one a request. */
  readonly asked: string[]
  /** The next answers end after so many bytes. */
  cutAfter: number[]
  readonly offer: (bytes: Buffer, over?: Partial<Template>) => Template
  readonly stop: () => Promise<void>
}

/** The images part of the agent port: ranged GET over TLS with client certificates. */
export async function startImageServer(authority: TestAuthority): Promise<ImageServer> {
  const images = new Map<string, Buffer>()
  const { certificate, key } = await authority.issue('server', [{ type: 'ip', value: '127.0.0.1' }])
  const state = { asked: [] as string[], cutAfter: [] as number[] }
  const server = createServer(
    { cert: certificate, key, ca: authority.ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' },
    (request, response) => {
      const bytes = images.get(request.url?.replace('/images/', '') ?? '')
      if (!(request.socket as TLSSocket).authorized || bytes === undefined) {
        response.writeHead(404).end(JSON.stringify({ code: 'x', message: 'no such image' }))
        return
      }
      state.asked.push(request.headers.range ?? 'whole')
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const rest = bytes.subarray(from)
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length })
      const cut = state.cutAfter.shift()
      if (cut === undefined) response.end(rest)
      else response.write(rest.subarray(0, cut), () => request.socket.destroy())
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked: state.asked,
    get cutAfter() {
      return state.cutAfter
    },
    set cutAfter(value) {
      state.cutAfter = value
    },
    offer(bytes, over = {}) {
      const uuid = randomUUID()
      images.set(uuid, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return { uuid, format: 'qcow2', sizeBytes: bytes.length, sha256, virtualSizeBytes: 4 << 20, ...over }
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** A qcow2 image of 4 MiB, made by qemu-img with these options. */
export function makeImage(dir: string, ...options: string[]): Buffer {
  const path = join(dir, `${randomUUID()}.qcow2`)
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, path, '4M'], { cwd: dir })
  if (options.length === 0) execFileSync('qemu-io', ['-c', 'write -P 5 0 1M', path], { stdio: 'ignore' })
  return readFileSync(path)
}
