import { AltoError } from '@altostack/core'
import { roleTypes } from '../src/define-command.ts'
import { commandDefinition, commandNames, commands } from '../src/registry.ts'
import { descriptionHeader, failureOf } from '../src/wire/failure.ts'
import { resolvePage } from '../src/wire/paging.ts'
import { firstValue, mergePairs, parseForm } from '../src/wire/parse-form.ts'
import { parseInput } from '../src/wire/parse-input.ts'
import { toXml } from '../src/wire/serialise.ts'
import { type Choices, choices } from './random.ts'

/** Feeds `inputs` hostile requests through parsing up to the error's text; anything but 4xx throws with seed and input. */
export function fuzz(inputs: number, seed: number): { inputs: number; parsed: number; refused: number } {
  const random = choices(seed)
  let parsed = 0
  let refused = 0
  for (let at = 0; at < inputs; at++) {
    const [query, body] = [request(random), random.next() < 0.3 ? request(random) : '']
    try {
      read(query, body, random.pick(roleTypes))
      parsed++
    } catch (error) {
      if (!(error instanceof AltoError) || error.api < 400 || error.api > 432) {
        throw new Error(`seed ${seed}, input ${at}: ${JSON.stringify([query, body])}`, { cause: error })
      }
      const failure = failureOf(error, random.next() < 0.5)
      descriptionHeader(failure.errortext)
      toXml('errorresponse', { errortext: failure.errortext, errorcode: failure.errorcode }, '4.23.0.0')
      refused++
    }
  }
  return { inputs, parsed, refused }
}

function read(query: string, body: string, role: (typeof roleTypes)[number]): void {
  const pairs = mergePairs(parseForm(query), parseForm(body))
  const definition = commandDefinition(firstValue(pairs, 'command') ?? '')
  if (!definition) return
  const { input, ignored } = parseInput(definition, pairs, role)
  if (ignored.some((name) => typeof name !== 'string')) throw new Error('an ignored name is no text')
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) throw new Error(`${name} is there but undefined`)
    if (definition.params[name]?.unsupported) throw new Error(`${name} was not refused`)
  }
  if (definition.kind === 'list') resolvePage(input, 500)
}

const values = [
  '',
  'true',
  '-1',
  '1',
  '99999999999999999999',
  '2026-01-01',
  '6f2d9d3c-1b7a-4f0e-9a55-0c1d2e3f4a5b',
  'KVM',
  'a,b,,c',
  '1e9',
]
const suffixes = [
  '',
  '',
  '',
  '[0].key',
  '[0].value',
  '[1].networkid',
  '[0]',
  '[',
  '[x].y',
  '[9999].a',
  '[99999].a',
  '[0].__proto__',
]

function request(random: Choices): string {
  const name = random.pick(commandNames)
  const params = [
    ...Object.keys(commands[name].params),
    '__proto__',
    'constructor',
    'command',
    'signature',
    'dryrun',
    '',
  ]
  const parts = [`command=${random.next() < 0.95 ? name : random.text(12)}`]
  for (let count = random.below(12); count > 0; count--) {
    const key = random.next() < 0.9 ? random.pick(params) + random.pick(suffixes) : random.text(10)
    const value = random.next() < 0.6 ? random.pick(values) : random.text(random.next() < 0.05 ? 600 : 20)
    parts.push(random.next() < 0.7 ? `${encoded(key)}=${encoded(value)}` : `${key}=${value}`)
  }
  const whole = parts.join('&')
  if (random.next() < 0.8) return whole
  const at = random.below(whole.length)
  return whole.slice(0, at) + random.text(4) + whole.slice(at + random.below(3))
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
