import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@altostack/api'
import { nodeFetch } from '@altostack/api/node-fetch'
import { systemRuntime } from '@altostack/core'
import type { ServerProcess } from './server-process.ts'

export type ApiKeys = { readonly apiKey: string; readonly secretKey: string }

/** Logs in with the generated password of `admin` and makes keys, as a newcomer does. */
export async function adminKeys(server: ServerProcess): Promise<ApiKeys> {
  const password = readFileSync(join(server.dataDir, 'admin-password'), 'utf8').trim()
  const session = createClient({ endpoint: endpointOf(server), runtime: systemRuntime(), fetch: nodeFetch })
  const login = await session.login('admin', password)
  const { userkeys } = (await session.call('registerUserKeys', { id: String(login.userid) })) as {
    userkeys?: { apikey?: string; secretkey?: string }
  }
  await session.logout()
  if (userkeys?.apikey === undefined || userkeys.secretkey === undefined) throw new Error('the server gave no keys')
  return { apiKey: userkeys.apikey, secretKey: userkeys.secretkey }
}

export const endpointOf = (server: ServerProcess): string => `http://127.0.0.1:${server.ports.http}/client/api`

export function apiClient(server: ServerProcess, keys: ApiKeys): Client {
  return createClient({ endpoint: endpointOf(server), runtime: systemRuntime(), fetch: nodeFetch, ...keys })
}
