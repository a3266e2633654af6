import assert from 'node:assert/strict'
import { request } from 'node:https'
import { after, before, describe, test } from 'node:test'
import type { AgentServer } from '../agents/index.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
describe('HTTPS', () => {
  before(async () => {
    server = await startTestServer({ agents: true })
  })
  after(async () => {
    await server.stop()
  })

  test("8443 shows a certificate of the server's own authority and marks cookies Secure", async () => {
    const { ca } = (server.server.agentServer as AgentServer).certificate()
    const answer = await new Promise<{ status: number | undefined; cookies: string[]; body: string }>(
      (resolve, reject) => {
        const body = `command=login&username=admin&password=${server.adminPassword}&response=json`
        const asked = request(
          {
            host: '127.0.0.1',
            port: server.server.ports.https,
            path: '/client/api',
            method: 'POST',
            ca,
            headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length },
          },
          (response) => {
            let text = ''
            response.on('data', (chunk) => {
              text += chunk
            })
            response.on('end', () =>
              resolve({ status: response.statusCode, cookies: response.headers['set-cookie'] ?? [], body: text }),
            )
          },
        )
        asked.on('error', reject)
        asked.end(body)
      },
    )
    assert.equal(answer.status, 200)
    assert.equal(answer.cookies.length, 2)
    for (const cookie of answer.cookies) assert.match(cookie, /; HttpOnly; SameSite=Lax; Secure$/)
  })
})
