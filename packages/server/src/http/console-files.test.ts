import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import fastify, { type FastifyInstance } from 'fastify'
import type { ServerContext } from '../context.ts'
import { registerConsole } from './console-files.ts'

let directory: string
let app: FastifyInstance
describe('files of the console', () => {
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'alto-console-'))
    app = fastify()
    registerConsole(app, { runtime: systemRuntime() } as ServerContext, directory)
  })
  after(async () => {
    await app.close()
    rmSync(directory, { recursive: true })
  })

  test('says how to build it where it is not built', async () => {
    const answer = await app.inject('/')
    assert.equal(answer.statusCode, 503)
    assert.match(answer.body, /\.\/alto up/)
  })

  test('the same page at / and /client/, with a nonce of its own in page and policy', async () => {
    writeFileSync(join(directory, 'index.html'), '<style nonce="__CSP_NONCE__"></style>')
    const nonces = new Set<string>()
    for (const url of ['/', '/client', '/client/', '/index.html', '/client/?x=1']) {
      const answer = await app.inject(url)
      assert.equal(answer.statusCode, 200, url)
      const nonce = /nonce="([^"]+)"/.exec(answer.body)?.[1] ?? ''
      assert.ok(nonce.length > 20)
      nonces.add(nonce)
      const policy = String(answer.headers['content-security-policy'])
      assert.ok(policy.includes(`'nonce-${nonce}'`))
      assert.match(policy, /default-src 'none'/)
      assert.match(policy, /script-src 'self'(;|$)/)
      assert.doesNotMatch(policy, /unsafe|https?:/)
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.equal(answer.headers['x-frame-options'], 'DENY')
    }
    assert.equal(nonces.size, 5)
  })

  test('assets are kept for good and sent packed, other files are asked for again, nothing above is reached', async () => {
    mkdirSync(join(directory, 'assets'))
    writeFileSync(join(directory, 'assets', 'a-1.js'), 'let a')
    writeFileSync(join(directory, 'assets', 'a-1.js.gz'), 'packed')
    writeFileSync(join(directory, 'favicon.svg'), '<svg/>')
    const plain = await app.inject('/client/assets/a-1.js')
    assert.equal(plain.body, 'let a')
    assert.match(String(plain.headers['cache-control']), /immutable/)
    assert.match(String(plain.headers['content-type']), /javascript/)
    const packed = await app.inject({ url: '/client/assets/a-1.js', headers: { 'accept-encoding': 'gzip' } })
    assert.equal(packed.headers['content-encoding'], 'gzip')
    assert.equal((await app.inject('/client/favicon.svg')).headers['cache-control'], 'no-cache')
    for (const url of [
      '/client/../package.json',
      '/client/%2e%2e/package.json',
      '/client/assets/none.js',
      '/client/.stamp',
    ])
      assert.equal((await app.inject(url)).statusCode, 404, url)
  })
})
