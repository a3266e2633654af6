import { type Client, type CommandName, commands, createClient } from '@altostack/api'
import { nodeFetch } from '@altostack/api/node-fetch'
import { systemRuntime } from '@altostack/core'
import { defaultDataDir, readInstance } from '../instance.ts'
import { clientOfInstance } from '../up/connect.ts'
import { commandHelp } from './command-help.ts'
import { parseApiArguments } from './parse-arguments.ts'

/**
 * Any API command: `alto listHosts state=Up`. Async ones are waited for unless `--no-wait`. Where: the instance of
 * --data-dir, or ALTO_URL with ALTO_API_KEY and ALTO_SECRET_KEY.
 */
export async function runApiCommand(word: string, args: readonly string[]): Promise<number> {
  const name = findCommand(word)
  if (name === undefined) {
    process.stderr.write(
      `alto: no command ${word}${suggestions(word)}\nalto: './alto help' shows the words there are.\n`,
    )
    return 2
  }
  const parsed = parseApiArguments(commands[name], args)
  if (parsed.help) {
    process.stdout.write(commandHelp(commands[name]))
    return 0
  }
  const client = connect(parsed.dataDir)
  const definition = commands[name]
  const isJob = definition.kind === 'async' || definition.kind === 'create'
  const input = parsed.input as never
  const answer =
    isJob && parsed.wait && parsed.dryrun !== true ? await client.run(name, input) : await client.call(name, input)
  process.stdout.write(
    parsed.only.length > 0 ? onlyFields(answer, parsed.only) : `${JSON.stringify(answer, null, 2)}\n`,
  )
  return 0
}

/** The fields of each object: the answer's own if it has one of them, else those of the list or the object in it. */
function onlyFields(answer: object, fields: readonly string[]): string {
  const values = Object.values(answer)
  const list = values.find((value): value is object[] => Array.isArray(value))
  const single = values.find((value): value is object => typeof value === 'object' && value !== null)
  const own = fields.some((field) => field in answer)
  return (own ? [answer] : (list ?? (single ? [single] : [])))
    .map((item) => `${fields.map((field) => (item as Record<string, unknown>)[field] ?? '').join('\t')}\n`)
    .join('')
}

/** The instance of the data directory, or the server that the environment names. */
export function connect(dataDir: string | undefined): Client {
  const { ALTO_URL, ALTO_API_KEY, ALTO_SECRET_KEY } = process.env
  if (ALTO_URL && ALTO_API_KEY && ALTO_SECRET_KEY && dataDir === undefined) {
    return createClient({
      endpoint: ALTO_URL,
      apiKey: ALTO_API_KEY,
      secretKey: ALTO_SECRET_KEY,
      runtime: systemRuntime(),
      fetch: nodeFetch,
    })
  }
  const dir = dataDir ?? defaultDataDir()
  const instance = readInstance(dir)
  if (!instance) {
    throw Object.assign(new Error(`No Altostack is kept in ${dir}`), {
      code: 'cli.no-instance',
      fix: 'Run ./alto up, name --data-dir, or set ALTO_URL, ALTO_API_KEY and ALTO_SECRET_KEY.',
    })
  }
  return clientOfInstance(instance)
}

function findCommand(word: string): CommandName | undefined {
  return (Object.keys(commands) as CommandName[]).find((name) => name.toLowerCase() === word.toLowerCase())
}

function suggestions(word: string): string {
  const stem = word
    .toLowerCase()
    .replace(/^(list|create|delete|update|add|get)/, '')
    .slice(0, 6)
  const near = Object.keys(commands)
    .filter((name) => stem.length > 2 && name.toLowerCase().includes(stem))
    .slice(0, 5)
  return near.length === 0 ? '' : `; near it are ${near.join(', ')}`
}
