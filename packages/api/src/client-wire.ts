import { Bug, type JsonObject } from '@altostack/core'
import { ApiError, type ApiErrorBody } from './api-error.ts'
import type { CommandDefinition } from './define-command.ts'
import { wrapperOf } from './wire/answer.ts'
import { formatDate } from './wire/parse-date.ts'
import type { Pair } from './wire/parse-form.ts'

/** Parameters as name and value: lists by commas, maps as name[i].field, dates as text, absent ones left out. */
export function toPairs(definition: CommandDefinition, input: object): readonly Pair[] {
  const pairs: Pair[] = []
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue
    const type = name === 'dryrun' ? 'boolean' : definition.params[name]?.type
    if (type === undefined) throw new Bug(`${definition.name} has no parameter ${name}`)
    if (type === 'map') {
      for (const [index, item] of (value as readonly object[]).entries()) {
        for (const [field, text] of Object.entries(item)) pairs.push([`${name}[${index}].${field}`, String(text)])
      }
    } else if (type === 'list') pairs.push([name, (value as readonly string[]).join(',')])
    else pairs.push([name, type === 'date' && typeof value === 'number' ? formatDate(value) : String(value)])
  }
  return pairs
}

/** The wrapper's content; throws ApiError for an error body. */
export function unwrap(definition: CommandDefinition, status: number, text: string): JsonObject {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new ApiError(definition.name, { errortext: `The answer is not JSON (HTTP status ${status})` }, status)
  }
  const outer = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Record<string, JsonObject | undefined>
  const body = outer[wrapperOf(definition)] ?? outer.errorresponse ?? Object.values(outer)[0] ?? {}
  if (status >= 400 || typeof body.errorcode === 'number') {
    throw new ApiError(definition.name, body as Partial<ApiErrorBody>, status)
  }
  return body
}

/** The object inside a body: under its key, the first of a list, or the body itself. */
export function single(definition: CommandDefinition, body: JsonObject): JsonObject {
  if (definition.key === undefined || definition.response === 'success') return body
  const inner = body[definition.key]
  const first = Array.isArray(inner) ? inner[0] : inner
  if (typeof first !== 'object' || first === null) return body
  return first as JsonObject
}

/** Keeps what a Set-Cookie header says; its attributes do not matter to one client of one server. */
export function remember(cookies: Map<string, string>, text: string): void {
  const [pair = ''] = text.split(';')
  const equals = pair.indexOf('=')
  if (equals > 0) cookies.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
}

/** Base64 of HMAC-SHA1 by WebCrypto. */
export async function hmacSha1(secretKey: string, text: string): Promise<string> {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secretKey), algorithm, false, ['sign'])
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
  return btoa(String.fromCharCode(...bytes))
}
