import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type CommandDefinition, commandDefinition, type Param, type ParamType } from '@altostack/api'
import { type Params, startTestServer, type TestServer } from '../../packages/server/src/testing/test-server.ts'
import { readsParameter, sourcesOf } from './parameter-uses.ts'

const root = new URL('../../', import.meta.url).pathname
type Allowed = { readonly command: string; readonly parameters: readonly string[]; readonly reason: string }
const allowed = JSON.parse(
  readFileSync(new URL('parameters-not-read.json', import.meta.url), 'utf8'),
) as readonly Allowed[]

const handlerFiles = globSync('packages/server/src/*/commands/*.ts', { cwd: root })
  .map((file) => relative(root, `${root}${file}`))
  .filter((file) => !file.endsWith('.test.ts'))
  .sort()

function definitionOf(file: string): CommandDefinition {
  const definition = commandDefinition(basename(file, '.ts'))
  assert.ok(definition, `${file}: no command of this name`)
  return definition
}

describe('declared parameters', () => {
  process.chdir(root)
  const notRead = new Map<string, string[]>()
  for (const file of handlerFiles) {
    const definition = definitionOf(file)
    const sources = sourcesOf(file)
    const ignored = Object.entries(definition.params)
      .filter(([name, param]) => !param.unsupported && !readsParameter(file, sources, name))
      .map(([name]) => name)
    if (ignored.length > 0) notRead.set(definition.name, ignored)
  }

  test('each is read by its handler, refused by name, or allowed to change nothing with a reason', () => {
    const missing: string[] = []
    for (const [command, names] of notRead) {
      const entries = allowed.filter((one) => one.command === command)
      const covered = entries.flatMap((entry) => entry.parameters)
      if (covered.includes('*')) continue
      for (const name of names) if (!covered.includes(name)) missing.push(`${command} ${name}`)
    }
    assert.deepEqual(missing, [], 'declared, accepted and never looked at')
  })

  test('the list of those that change nothing only shrinks', () => {
    const stale: string[] = []
    for (const { command, parameters, reason } of allowed) {
      if (reason.length < 20) stale.push(`${command}: no reason`)
      const names = notRead.get(command) ?? []
      if (parameters.includes('*') ? names.length === 0 : false) stale.push(`${command} *`)
      for (const name of parameters) if (name !== '*' && !names.includes(name)) stale.push(`${command} ${name}`)
    }
    assert.deepEqual(stale, [], 'no longer needed in parameters-not-read.json')
  })
})

describe('refused parameters', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer()
  })
  after(async () => {
    await server.stop()
  })

  test('each answers 431 by its name', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const { command } of server.ctx.handlers.all) {
      if (command.session) continue
      for (const [name, param] of Object.entries(command.params)) {
        if (!param.unsupported) continue
        const value = sent(name, param)
        if (value === undefined) continue
        asked++
        const answer = await server.raw({ ...required(command), ...value } as Params, server.admin, { method: 'POST' })
        if (answer.status !== 431 || !answer.text.includes(`Parameter ${name} of ${command.name} is not supported`))
          wrong.push(`${command.name} ${name}: ${answer.status} ${answer.text.slice(0, 200)}`)
      }
    }
    assert.deepEqual(wrong, [])
    assert.ok(asked > 50, `only ${asked} were asked`)
  })

  test('the value that we follow anyway is not refused', async () => {
    const wrong: string[] = []
    for (const { command } of server.ctx.handlers.all) {
      if (command.session) continue
      for (const [name, param] of Object.entries(command.params)) {
        for (const value of param.unsupported?.accepts ?? []) {
          const params = { ...required(command), dryrun: 'true', [name]: value }
          const answer = await server.raw(params as Params, server.admin, { method: 'POST' })
          if (answer.text.includes(`${name} is not supported`) || answer.status >= 500)
            wrong.push(`${command.name} ${name}=${value}: ${answer.status} ${answer.text.slice(0, 200)}`)
        }
      }
    }
    assert.deepEqual(wrong, [])
  })
})

const unknownUuid = '00000000-0000-4000-8000-00000000dead'
const samples: Readonly<Record<ParamType, string>> = {
  uuid: unknownUuid,
  string: 'x',
  integer: '7',
  long: '7',
  short: '7',
  float: '7',
  double: '7',
  boolean: 'true',
  date: '2026-01-31',
  list: 'x',
  map: 'x',
}

/** What the command needs before it looks at anything else: of the right form, naming nothing that is there. */
function required(command: CommandDefinition): Record<string, string> {
  const params: Record<string, string> = { command: command.name, response: 'json' }
  for (const [name, param] of Object.entries(command.params)) {
    if (!param.required || param.unsupported) continue
    params[param.type === 'map' ? `${name}[0].key` : name] = param.values?.[0] ?? samples[param.type]
  }
  return params
}

/** The parameter with a value that is not among those accepted; undefined when all of its type are. */
function sent(name: string, param: Param): Record<string, string> | undefined {
  if (param.type === 'map') return { [`${name}[0].key`]: 'x' }
  const accepted = param.unsupported?.accepts?.map((value) => value.toLowerCase()) ?? []
  const values = param.type === 'boolean' ? ['true', 'false'] : [...(param.values ?? []), samples[param.type], '8', 'y']
  const value = values.find((one) => !accepted.includes(one.toLowerCase()))
  return value === undefined ? undefined : { [name]: value }
}
