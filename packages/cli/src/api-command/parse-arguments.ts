import type { CommandDefinition } from '@altostack/api'

export type ApiArguments = {
  readonly input: Readonly<Record<string, unknown>>
  readonly dataDir: string | undefined
  readonly wait: boolean
  readonly dryrun: boolean
  readonly help: boolean
  /** Fields to print alone, a line an object, separated by tabs. */
  readonly only: readonly string[]
}

/**
 * Reads `name=value` and `--name value`. Lists take commas; maps take `details[0].key=value` as on the wire. Throws an
 * error that names the word which is not understood.
 */
export function parseApiArguments(command: CommandDefinition, args: readonly string[]): ApiArguments {
  const input: Record<string, unknown> = {}
  let dataDir: string | undefined
  let wait = true
  let help = false
  let only: readonly string[] = []
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? ''
    if (word === '--help' || word === '-h') help = true
    else if (word === '--no-wait') wait = false
    else if (word === '--data-dir') dataDir = args[++index]
    else if (word === '--only') only = (args[++index] ?? '').split(',')
    else if (word.startsWith('--') && !word.includes('=')) set(input, command, word.slice(2), args[++index] ?? '')
    else if (word.includes('=')) {
      const at = word.indexOf('=')
      set(input, command, word.slice(word.startsWith('--') ? 2 : 0, at), word.slice(at + 1))
    } else throw usage(`${word} is not name=value`, command)
  }
  return { input, dataDir, wait, dryrun: input.dryrun === true, help, only }
}

function set(input: Record<string, unknown>, command: CommandDefinition, written: string, value: string): void {
  const map = /^([A-Za-z]+)\[(\d{1,3})\]\.(.+)$/.exec(written)
  const name = (map?.[1] ?? written).toLowerCase()
  if (name === 'dryrun') {
    input.dryrun = value.toLowerCase() === 'true'
    return
  }
  const param = command.params[name]
  if (!param) throw usage(`${command.name} has no parameter ${name}`, command)
  if (map) {
    const items = (input[name] ?? []) as Record<string, string>[]
    const at = Number(map[2])
    items[at] = { ...items[at], [map[3] ?? '']: value }
    input[name] = items
    return
  }
  switch (param.type) {
    case 'boolean':
      input[name] = value.toLowerCase() === 'true'
      return
    case 'integer':
    case 'long':
    case 'short':
    case 'float':
    case 'double':
      if (value === '' || Number.isNaN(Number(value))) throw usage(`${name} is a number, not '${value}'`, command)
      input[name] = Number(value)
      return
    case 'list':
      input[name] = value.split(',')
      return
    case 'map':
      throw usage(`${name} is a map: write ${name}[0].key=value`, command)
    default:
      input[name] = value
  }
}

function usage(message: string, command: CommandDefinition): Error {
  return Object.assign(new Error(message), { code: 'cli.argument', fix: `./alto ${command.name} --help` })
}
