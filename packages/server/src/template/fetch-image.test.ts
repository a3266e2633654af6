import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { inspect } from 'node:util'
import { systemRuntime } from '@altostack/core'
import { fetchImage } from './fetch-image.ts'
import { fetchPolicy } from './fetch-policy.ts'

async function withServer(
  listener: RequestListener,
  body: (base: string, directory: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const directory = await mkdtemp(join(tmpdir(), 'alto-fetch-'))
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, directory)
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(directory, { recursive: true })
  }
}

const base = { runtime: systemRuntime(), maxBytes: 1000, idleMs: 500, totalMs: 60_000 }
const loopback = fetchPolicy('127.0.0.1/32')

test('an image is fetched through redirects, its size limited, its source named when it fails', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/a') return void response.writeHead(302, { location: '/b' }).end()
      if (request.url === '/b') return void response.end('hello')
      if (request.url === '/loop') return void response.writeHead(302, { location: '/loop' }).end()
      if (request.url === '/big') return void response.end('x'.repeat(2000))
      if (request.url === '/slow') return void response.write('x')
      if (request.url === '/trickle') {
        const drop = (): void => {
          if (response.write('z')) setTimeout(drop, 20)
        }
        return drop()
      }
      if (request.url === '/endless') {
        const more = (): boolean => response.write('y'.repeat(600))
        more()
        return void setTimeout(more, 20)
      }
      response.writeHead(404).end()
    },
    async (url, directory) => {
      const path = join(directory, 'image')
      assert.deepEqual(await fetchImage({ ...base, url: `${url}/a`, path, policy: loopback }), { bytes: 5 })
      assert.equal(await readFile(path, 'utf8'), 'hello')
      const get = (name: string) => fetchImage({ ...base, url: url + name, path, policy: loopback })
      await assert.rejects(get('/loop'), { code: 'template.download', seen: /redirects/ })
      await assert.rejects(get('/big'), { code: 'template.too-large' })
      await assert.rejects(get('/endless'), { code: 'template.too-large' })
      await assert.rejects(get('/nothing'), { code: 'template.download', seen: /404/ })
      const withPassword = `${url.replace('//', '//user:hidden@')}/nothing`
      for (const policy of [loopback, fetchPolicy('')]) {
        await assert.rejects(fetchImage({ ...base, url: withPassword, path, policy }), (error) => {
          assert.match(inspect(error), /template\.(download|address-refused)/)
          assert.doesNotMatch(inspect(error), /hidden/)
          return true
        })
      }
      // A byte now and then is never idle.
      const trickle = fetchImage({ ...base, url: `${url}/trickle`, path, policy: loopback, totalMs: 300 })
      await assert.rejects(trickle, { code: 'template.fetch-time', seen: /after 0 s: after \d+ bytes/ })
      await assert.rejects(get('/slow'), { code: 'template.download', seen: /after 1 bytes/ })
    },
  )
})

test('internal addresses are refused at the connection: given, resolved, and behind a redirect', async () => {
  let hits = 0
  await withServer(
    (request, response) => {
      hits++
      response.writeHead(302, { location: `http://127.0.0.2:${request.socket.localPort}/` }).end()
    },
    async (url, directory) => {
      const path = join(directory, 'image')
      const strict = fetchPolicy('')
      await assert.rejects(fetchImage({ ...base, url, path, policy: strict }), { code: 'template.address-refused' })
      const named = url.replace('127.0.0.1', 'localhost')
      await assert.rejects(fetchImage({ ...base, url: named, path, policy: strict }), {
        code: 'template.address-refused',
      })
      assert.equal(hits, 0)
      await assert.rejects(fetchImage({ ...base, url, path, policy: loopback }), { code: 'template.address-refused' })
      assert.equal(hits, 1)
      await assert.rejects(fetchImage({ ...base, url: 'file:///etc/passwd', path, policy: strict }), {
        code: 'template.url',
      })
    },
  )
})

test('an interrupted fetch goes on where it stopped when the source is the same', async () => {
  const whole = 'abcdefghij'
  const ranges: (string | undefined)[] = []
  await withServer(
    (request, response) => {
      ranges.push(request.headers.range)
      if (request.headers.range === undefined) {
        response.writeHead(200, { etag: '"v1"', 'content-length': 10 })
        response.write(whole.slice(0, 4))
        return void setTimeout(() => response.destroy(), 30)
      }
      assert.equal(request.headers['if-range'], '"v1"')
      response.writeHead(206, { etag: '"v1"', 'content-range': 'bytes 4-9/10', 'content-length': 6 })
      response.end(whole.slice(4))
    },
    async (url, directory) => {
      const path = join(directory, 'image')
      const options = { ...base, url, path, policy: loopback }
      await assert.rejects(fetchImage(options), { code: 'template.download' })
      assert.deepEqual(await fetchImage(options), { bytes: 10 })
      assert.equal(await readFile(path, 'utf8'), whole)
      assert.deepEqual(ranges, [undefined, 'bytes=4-'])
      await writeFile(path, 'other')
    },
  )
})
