import { parseArgs } from 'node:util'
import type { Client } from '@altostack/api'
import { connect } from '../api-command/api-command.ts'
import { askYes } from '../terminal/ask.ts'
import { findHosts } from './find-hosts.ts'

const usage = `Usage: alto host WORD …

  bridge HOST --nic NIC [--bridge NAME] [--yes]   NIC becomes a port of the bridge, which takes the address
  bridge ADDRESS --user USER [--password-stdin] --nic NIC    the same on a machine that is no host yet
  harden HOST [--undo] [--disable-services]       closes 16514, 5900-6100, 49152-49215 to strangers
  repairs [HOST]                                  what doctor changed, with the old values
  restore ID                                      takes a repair back
All take --data-dir DIR.
`

/** `alto host …`: what an operator does to one host. */
export async function runHost(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      nic: { type: 'string' },
      bridge: { type: 'string' },
      user: { type: 'string' },
      'password-stdin': { type: 'boolean', default: false },
      undo: { type: 'boolean', default: false },
      'disable-services': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [word, name] = positionals
  if (values.help || word === undefined) {
    process.stdout.write(usage)
    return values.help ? 0 : 2
  }
  const client = connect(values['data-dir'])
  const print = (answer: unknown): number => {
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    return 0
  }
  const hostId = async (): Promise<string> => {
    if (name === undefined)
      throw Object.assign(new Error(`alto host ${word} needs the host`), { code: 'cli.argument', fix: usage })
    return (await findHosts(client, [name]))[0]?.id ?? ''
  }
  switch (word) {
    case 'repairs':
      return print((await client.list('listHostRepairs', name === undefined ? {} : { hostid: await hostId() })).items)
    case 'restore':
      return print(await client.run('restoreHostRepair', { id: name ?? '' }, { timeoutMs: 180_000 }))
    case 'harden':
      return print(await harden(client, await hostId(), values.undo, values['disable-services']))
    case 'bridge': {
      if (values.nic === undefined)
        throw Object.assign(new Error('alto host bridge needs --nic'), { code: 'cli.argument', fix: usage })
      const machine =
        values.user === undefined
          ? { id: await hostId() }
          : {
              url: `http://${name}`,
              username: values.user,
              ...(values['password-stdin'] ? { password: await readPassword() } : {}),
            }
      const input = { ...machine, nic: values.nic, ...(values.bridge === undefined ? {} : { bridge: values.bridge }) }
      const { dryrun } = (await client.call('createHostBridge', { ...input, dryrun: true })) as unknown as {
        dryrun: {
          readonly steps: readonly { readonly name: string }[]
          readonly refusals: readonly { readonly seen: string; readonly fix: string }[]
        }
      }
      for (const step of dryrun.steps) process.stdout.write(`  ${step.name}\n`)
      for (const refusal of dryrun.refusals)
        process.stdout.write(`  refused: ${refusal.seen}\n       do: ${refusal.fix}\n`)
      if (dryrun.refusals.length > 0) return 1
      if (
        !values.yes &&
        !(await askYes('Change the network of the host? It comes back by itself when the host is lost by it.'))
      )
        return 1
      return print(await client.run('createHostBridge', input, { timeoutMs: 300_000 }))
    }
    default:
      process.stderr.write(usage)
      return 2
  }
}

/** The services are repairs: kept, listed, and taken back by --undo. */
async function harden(client: Client, id: string, undo: boolean, services: boolean): Promise<unknown> {
  if (services && !undo) await client.run('repairHost', { id, checks: ['services'] }, { timeoutMs: 180_000 })
  if (undo) {
    const { items } = await client.list('listHostRepairs', { hostid: id, state: 'Applied', keyword: 'services' })
    for (const repair of items) await client.run('restoreHostRepair', { id: String(repair.id) }, { timeoutMs: 180_000 })
  }
  return await client.run('hardenHost', { id, undo }, { timeoutMs: 180_000 })
}

async function readPassword(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8').replace(/\n$/, '')
}
