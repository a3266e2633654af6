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
    `  curl '${url}?command=listCapabilities'`,
    `  cmk set url ${url} && cmk set apikey ${keys.apiKey} && cmk set secretkey ${keys.secretKey} && cmk sync && cmk list zones`,
    `  ./alto down --data-dir ${dir}`,
    '',
  ].join('\n')
}
