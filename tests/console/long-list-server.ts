import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@altostack/api'
import { systemRuntime } from '@altostack/core'

export type LongListServer = {
  readonly url: string
  readonly username: string
  readonly password: string
  readonly stop: () => Promise<void>
}

/** A server whose tables hold so many virtual machines, and an administrator who may look at them in a browser. */
export async function startLongListServer(machines: number): Promise<LongListServer> {
  const seeded = join(import.meta.dirname, '../../tools/bench/seeded-server.ts')
  const server = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', seeded, 'sqlite', String(machines)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  const { url, keys } = JSON.parse(line) as { url: string; keys: { apiKey: string; secretKey: string } }
  const viewer = { username: 'viewer', password: 'long-list-password' }
  const client = createClient({ endpoint: `${url}/client/api`, runtime: systemRuntime(), ...keys })
  await client.get('createAccount', {
    ...viewer,
    email: 'viewer@example.org',
    firstname: 'View',
    lastname: 'Er',
    accounttype: 1,
  })
  return {
    url,
    ...viewer,
    async stop() {
      server.stdin.end()
      if (server.exitCode === null) await once(server, 'exit')
    },
  }
}
