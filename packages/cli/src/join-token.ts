import { parseArgs } from 'node:util'
import type { Client } from '@altostack/api'
import { defaultDataDir, readInstance } from './instance.ts'
import { clientOfInstance } from './up/connect.ts'

/**
 * `alto join-token [--cluster NAME | --host NAME]`: prints a one-time token and the line that a host runs with it. With
 * --host it is for a host that is there already and has lost its agent.
 */
export async function runJoinToken(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cluster: { type: 'string' },
      host: { type: 'string' },
      'data-dir': { type: 'string' },
      description: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const dataDir = values['data-dir'] ?? defaultDataDir()
  const instance = readInstance(dataDir)
  if (!instance)
    throw Object.assign(new Error(`No Altostack is kept in ${dataDir}`), {
      code: 'cli.no-instance',
      fix: 'Run ./alto up first.',
    })
  const client = clientOfInstance(instance)
  const place =
    values.host === undefined ? await clusterNamed(client, values.cluster) : await hostNamed(client, values.host)
  const token = await client.get('createJoinToken', {
    ...place,
    ...(values.description === undefined ? {} : { description: values.description }),
  })
  if (values.json) process.stdout.write(`${JSON.stringify(token)}\n`)
  else
    process.stdout.write(
      `On a host with our package:\n  echo ${token.token} | altostack-agent join -\n(from a checkout: ./alto agent join -)\nGood once, until ${token.expires}.\n`,
    )
  return 0
}

async function clusterNamed(client: Client, name: string | undefined): Promise<{ readonly clusterid: string }> {
  const [cluster, ...more] = (await client.list('listClusters', name === undefined ? {} : { name })).items
  if (cluster !== undefined && more.length === 0) return { clusterid: String(cluster.id) }
  throw Object.assign(new Error(cluster ? 'There are several clusters' : 'There is no such cluster'), {
    code: 'cli.cluster',
    fix: 'Name one with --cluster; ./alto listClusters shows them.',
  })
}

async function hostNamed(client: Client, name: string): Promise<{ readonly hostid: string }> {
  const [host] = (await client.list('listHosts', { name, type: 'Routing' })).items
  if (host !== undefined) return { hostid: String(host.id) }
  throw Object.assign(new Error(`There is no host ${name}`), { code: 'cli.host', fix: './alto listHosts shows them.' })
}
