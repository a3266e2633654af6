import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { createTlsDialer } from '@altostack/agent-api'
import { type AgentTestServer, insertPlace, startAgentTestServer } from './testing/agent-context.ts'
import { joinedAgent } from './testing/joined-agent.ts'

test('a host resumes its TLS session, also after a restart of the server; its certificate counts as ever', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'alto-resume-'))
  const again = { dataDir, database: join(dataDir, 'cloud.db') }
  const first = await startAgentTestServer(again)
  let second: AgentTestServer | undefined
  const dialer = createTlsDialer()
  try {
    const { joined } = await joinedAgent(first, await insertPlace(first.ctx))
    /** Whether the session was resumed, and what the server answered. */
    const visit = (port: number): Promise<readonly [resumed: boolean, status: string]> =>
      new Promise((resolve, reject) => {
        const socket = dialer(
          { ca: joined.ca, cert: joined.certificate, key: joined.key },
          { host: '127.0.0.1', port, servername: 'cloudstack.internal' },
        )
        let text = ''
        let resumed = false
        socket.on('error', reject)
        socket.on('secureConnect', () => {
          resumed = socket.isSessionReused()
        })
        socket.on('data', (data) => {
          text += String(data)
        })
        socket.on('close', () => resolve([resumed, text.split(' ')[1] ?? '']))
        socket.write('GET /images/none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      })
    const [, status] = await visit(first.port)
    assert.deepEqual(await visit(first.port), [true, status])
    await first.stop()
    second = await startAgentTestServer({ ...again, port: first.port })
    assert.deepEqual(await visit(second.port), [true, status])
    await second.ctx.db.updateTable('host_certificate').set({ revoked: 1 }).execute()
    const [resumed, refused] = await visit(second.port)
    assert.equal(resumed, true)
    assert.equal(refused, '403')
    assert.notEqual(status, '403')
  } finally {
    await first.stop()
    await second?.stop()
    rmSync(dataDir, { recursive: true })
  }
})
