import { parseArgs } from 'node:util'
import type { Client } from '@altostack/api'
import { defaultDataDir, readInstance } from '../instance.ts'
import { clientOfInstance } from '../up/connect.ts'
import { jobText, type Move, movesText } from './why-text.ts'

const kinds = ['host', 'vm', 'job', 'pool'] as const
type Kind = (typeof kinds)[number]

/**
 * `alto why host|vm|job|pool NAME [--at TIME]`: what the flight recorder holds about an object, newest first, with what
 * was seen and what to do; of a job its steps and its error. NAME may be an id.
 */
export async function runWhy(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      at: { type: 'string' },
      limit: { type: 'string', default: '10' },
      'data-dir': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const [kind, name] = positionals
  if (!kinds.includes(kind as Kind) || name === undefined) {
    throw Object.assign(new Error('alto why host|vm|job|pool NAME [--at TIME] [--limit N] [--json]'), {
      code: 'cli.usage',
    })
  }
  const dataDir = values['data-dir'] ?? defaultDataDir()
  const instance = readInstance(dataDir)
  if (!instance) {
    throw Object.assign(new Error(`No Altostack is kept in ${dataDir}`), {
      code: 'cli.no-instance',
      fix: 'Run ./alto up first, or give --data-dir.',
    })
  }
  const client = clientOfInstance(instance)
  if (kind === 'job') {
    const job = await client.call('queryAsyncJobResult', { jobid: name })
    process.stdout.write(values.json ? `${JSON.stringify(job)}\n` : jobText(job))
    return 0
  }
  const found = await find(client, kind as Kind, name)
  const until = values.at === undefined ? undefined : timeOf(values.at)
  const { count, items } = await client.list('listEvidence', {
    resourceid: found.id,
    ...(until === undefined ? {} : { enddate: endOfSecond(until) }),
    page: 1,
    pagesize: limitOf(values.limit),
  })
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...found, count, moves: items })}\n`
      : movesText(`${kind} ${found.name}`, found.state, items as readonly Move[], count, until),
  )
  return 0
}

type Row = {
  readonly id?: string
  readonly name?: string
  readonly state?: string
  readonly account?: string
  readonly clustername?: string
  readonly zonename?: string
}

/** What tells two objects of a name apart. */
function placeOf(row: Row | undefined): string {
  const place = [row?.account && `account ${row.account}`, row?.clustername ?? row?.zonename, row?.state]
  return place.filter((part) => part !== undefined && part !== '').join(', ')
}

type Found = { readonly id: string; readonly name: string; readonly state: string }

async function find(client: Client, kind: Kind, name: string): Promise<Found> {
  const by = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(name) ? { id: name } : { name }
  const rows: readonly Row[] =
    kind === 'host'
      ? (await client.list('listHosts', by)).items
      : kind === 'vm'
        ? (await client.list('listVirtualMachines', { ...by, listall: true })).items
        : (await client.list('listStoragePools', by)).items
  const [row, ...others] = rows.filter((one) => one.name === name || one.id === name)
  if (others.length > 0) {
    throw Object.assign(new Error(`There are ${others.length + 1} of the name ${name}: which ${kind} is meant?`), {
      code: 'cli.ambiguous',
      seen: [row, ...others].map((one) => `${one?.id} (${placeOf(one)})`).join(', '),
      fix: `alto why ${kind} ID`,
    })
  }
  if (row === undefined) {
    throw Object.assign(new Error(`There is no ${kind} ${name}`), {
      code: 'cli.not-found',
      seen: rows.length === 0 ? 'nothing of that name' : `near: ${rows.map((one) => one.name).join(', ')}`,
      fix: 'Give its whole name or its id.',
    })
  }
  return { id: String(row.id), name: String(row.name), state: String(row.state ?? '') }
}

function timeOf(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at)) {
    throw Object.assign(new Error(`--at ${text} is no time`), {
      code: 'cli.option',
      fix: 'Write it as 2026-01-31T12:00:00Z.',
    })
  }
  return at
}

/** Times are told in whole seconds: what is asked for as of one is what had happened by its end. */
function endOfSecond(at: number): number {
  return (Math.floor(at / 1000) + 1) * 1000
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 500)
    throw Object.assign(new Error(`--limit takes 1 to 500, not ${text}`), { code: 'cli.option' })
  return limit
}
