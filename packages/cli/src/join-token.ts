import { parseArgs } from 'node:util'
import { defaultDataDir, readInstance } from './instance.ts'
import { clientOfInstance } from './up/connect.ts'

/** `alto join-token [--cluster NAME]`: prints a one-time token and the line that a host runs with it. */
export async function runJoinToken(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cluster: { type: 'string' },
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
  const clusters = (await client.list('listClusters', values.cluster === undefined ? {} : { name: values.cluster }))
    .items
  const [cluster] = clusters
  if (!cluster || clusters.length > 1) {
    throw Object.assign(new Error(cluster ? 'There are several clusters' : 'There is no such cluster'), {
      code: 'cli.cluster',
      fix: 'Name one with --cluster; ./alto listClusters shows them.',
    })
  }
  const token = await client.get('createJoinToken', {
    clusterid: String(cluster.id),
    ...(values.description === undefined ? {} : { description: values.description }),
  })
  if (values.json) process.stdout.write(`${JSON.stringify(token)}\n`)
  else
    process.stdout.write(
      `On a host with our package:\n  altostack-agent join ${token.token}\n(from a checkout: ./alto agent join TOKEN)\nGood once, until ${token.expires}.\n`,
    )
  return 0
}
