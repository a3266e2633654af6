import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@altostack/api'
import { nodeFetch } from '@altostack/api/node-fetch'
import { systemRuntime } from '@altostack/core'
import type { Instance } from '../instance.ts'

export type Credentials = { readonly apiKey: string; readonly secretKey: string }

export const endpointOf = (instance: Pick<Instance, 'ports'>): string =>
  `http://127.0.0.1:${instance.ports.api}/client/api`

const keysFile = (dataDir: string): string => join(dataDir, 'admin-keys.json')
/** Written by the server's seed: the generated password of `admin`. */
const passwordFile = (dataDir: string): string => join(dataDir, 'server', 'admin-password')

/** Waits until the API answers at all. */
export async function waitForApi(instance: Instance, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs
  for (;;) {
    const answered = await nodeFetch(`${endpointOf(instance)}?command=listCapabilities`).then(
      () => true,
      () => false,
    )
    if (answered) return
    if (Date.now() > until) {
      throw Object.assign(new Error('The management server does not answer'), {
        code: 'up.server',
        seen: `no answer from ${endpointOf(instance)} within ${timeoutMs / 1000} s`,
        fix: `Look at ${join(instance.dataDir, 'log', 'server.log')}; another program may hold the port (--port N).`,
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** The root administrator's keys: made by the first up, with the generated password, and kept mode 0600. */
export async function adminCredentials(instance: Instance): Promise<Credentials> {
  const file = keysFile(instance.dataDir)
  if (existsSync(file)) {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Credentials
    const works = await clientOf(instance, kept)
      .call('listCapabilities')
      .then(
        () => true,
        () => false,
      )
    if (works) return kept
  }
  const password = readFileSync(passwordFile(instance.dataDir), 'utf8').trim()
  const session = createClient({ endpoint: endpointOf(instance), runtime: systemRuntime(), fetch: nodeFetch })
  const login = await session.login('admin', password)
  const answer = (await session.call('registerUserKeys', { id: String(login.userid) })) as { userkeys?: UserKeys }
  await session.logout()
  const keys = { apiKey: answer.userkeys?.apikey ?? '', secretKey: answer.userkeys?.secretkey ?? '' }
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 })
  return keys
}

type UserKeys = { readonly apikey?: string; readonly secretkey?: string }

export function clientOf(instance: Pick<Instance, 'ports'>, keys: Credentials): Client {
  return createClient({ endpoint: endpointOf(instance), runtime: systemRuntime(), fetch: nodeFetch, ...keys })
}

/** The client of an instance that is up, for the commands that talk to it. */
export function clientOfInstance(instance: Instance): Client {
  const file = keysFile(instance.dataDir)
  if (!existsSync(file)) {
    throw Object.assign(new Error('No API keys are kept for this data directory'), {
      code: 'cli.no-keys',
      seen: file,
      fix: 'Run ./alto up first, or name another --data-dir.',
    })
  }
  return clientOf(instance, JSON.parse(readFileSync(file, 'utf8')) as Credentials)
}
