import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { canonicalString } from '@altostack/api'
import type { Instance } from '../instance.ts'
import { type Credentials, endpointOf } from './connect.ts'

/** What to try next: words that work as they stand. */
export function nextThings(instance: Instance, keys: Credentials, address: string | undefined): string {
  const url = endpointOf(instance)
  const dir = instance.dataDir
  return [
    '',
    `API         ${url}`,
    `API key     ${keys.apiKey}`,
    `secret key  ${keys.secretKey}`,
    ...(address === undefined ? [] : [`guest       ${address} (ping it, or open http://${address}/cgi-bin/i)`]),
    '',
    'Next:',
    `  ./alto listVirtualMachines --data-dir ${dir}`,
    `  ./alto listHosts --data-dir ${dir}`,
    `  curl '${signedUrl(url, keys)}'`,
    `  cmk set url ${url} && cmk set apikey ${keys.apiKey} && cmk set secretkey ${keys.secretKey} && cmk sync && cmk list zones`,
    `  ./alto down --data-dir ${dir}`,
    '',
    `Console     ${consoleUrl(instance)}`,
    `            user admin, password in ${join(dir, 'server', 'admin-password')}`,
    `            https://127.0.0.1:${instance.ports.https}/ too, and from other machines (certificate of alto's own authority)`,
    '',
  ].join('\n')
}

/** Where the console answers on this machine. */
export function consoleUrl(instance: Instance): string {
  return `http://127.0.0.1:${instance.ports.api}/`
}

/** A signed call that curl can send as it stands. */
function signedUrl(url: string, keys: Credentials): string {
  const pairs: [string, string][] = [
    ['command', 'listZones'],
    ['response', 'json'],
    ['apiKey', keys.apiKey],
  ]
  const signature = createHmac('sha1', keys.secretKey).update(canonicalString(pairs)).digest('base64')
  return `${url}?${new URLSearchParams([...pairs, ['signature', signature]])}`
}
