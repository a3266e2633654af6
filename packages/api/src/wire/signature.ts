import { apiFailure } from '@altostack/core'
import { parseDate } from './parse-date.ts'
import { firstValue, type Pair } from './parse-form.ts'

/** Base64 of HMAC-SHA1 of `text` in UTF-8. Given by the caller: node:crypto on the server, WebCrypto in browsers. */
export type Hmac = (secretKey: string, text: string) => string

/** What encoding yields, and what a client writes instead. */
type Instead = readonly (readonly [encoded: string, sent: string])[]
/** Characters that clients encode differently: Go and Python leave `~`, Go encodes `*`, Libcloud leaves brackets. */
const differences = [
  [['%7E', '~']],
  [['*', '%2A']],
  [
    ['%5B', '['],
    ['%5D', ']'],
  ],
] as const

/** Form encoding as Java's URLEncoder does it, with %20 for a space: letters, digits and `.-*_` stay. */
export function encodeValue(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** What is signed: names in code-unit order without `signature`, values encoded, the whole in lower case. */
export function canonicalString(pairs: readonly Pair[]): string {
  return joined(sorted(encodedPairs(pairs)), [])
}

type EncodedPair = { readonly name: string; readonly value: string }

/** The first value of each name, encoded. */
function encodedPairs(pairs: readonly Pair[]): readonly EncodedPair[] {
  const seen = new Set<string>()
  const encoded: EncodedPair[] = []
  for (const [name, value] of pairs) {
    if (seen.has(name) || name.toLowerCase() === 'signature') continue
    seen.add(name)
    encoded.push({ name, value: encodeValue(value) })
  }
  return encoded
}

function sorted(pairs: readonly EncodedPair[]): readonly EncodedPair[] {
  return [...pairs].sort((a, b) => compare(a.name, b.name))
}

/** As clients do that sort what they have lower-cased already; equal names keep their order. */
function sortedInLowerCase(pairs: readonly EncodedPair[]): readonly EncodedPair[] {
  return pairs
    .map((pair) => ({ pair, order: pair.name.toLowerCase() }))
    .sort((a, b) => compare(a.order, b.order))
    .map(({ pair }) => pair)
}

function joined(pairs: readonly EncodedPair[], instead: Instead): string {
  return pairs
    .map(({ name, value }) => `${name}=${written(value, instead)}`)
    .join('&')
    .toLowerCase()
}

function written(encoded: string, instead: Instead): string {
  return instead.reduce((text, [from, to]) => text.replaceAll(from, to), encoded)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The strings that a client may have signed: the documented one first, then those of clients that encode some
 * characters otherwise or sort by the lower-cased name. Nearly always just one or two.
 */
export function canonicalVariants(pairs: readonly Pair[]): readonly string[] {
  const encoded = encodedPairs(pairs)
  const plain = sorted(encoded)
  const text = joined(plain, [])
  const present = differences.filter((difference) => difference.some(([from]) => text.includes(from.toLowerCase())))
  let choices: readonly Instead[] = [[]]
  for (const difference of present) choices = choices.flatMap((set) => [set, [...set, ...difference]])
  const lower = sortedInLowerCase(encoded)
  // Nearly always both orders are one.
  const orders = lower.every((pair, index) => pair === plain[index]) ? [plain] : [plain, lower]
  return [...new Set(choices.flatMap((instead) => orders.map((order) => joined(order, instead))))]
}

export function sign(pairs: readonly Pair[], secretKey: string, hmac: Hmac): string {
  return hmac(secretKey, canonicalString(pairs))
}

/** Whether the `signature` parameter is right for one of the accepted forms. */
export function verifySignature(pairs: readonly Pair[], secretKey: string, hmac: Hmac): boolean {
  const given = firstValue(pairs, 'signature')
  if (given === undefined || given === '' || given.length > 128) return false
  // A client that forgets to encode a plus sign sends a space; base64 has none.
  const signature = given.replaceAll(' ', '+')
  // The documented form nearly always decides, before the others are even built.
  if (constantTimeEqual(signature, hmac(secretKey, canonicalString(pairs)))) return true
  return canonicalVariants(pairs).some((text) => constantTimeEqual(signature, hmac(secretKey, text)))
}

/** Compares without leaving early; the time tells the lengths only. */
export function constantTimeEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) {
    difference |= a.charCodeAt(index) ^ (b.length === 0 ? 1 : b.charCodeAt(index % b.length))
  }
  return difference === 0
}

/** How far ahead `expires` may lie when timestamps are enforced. */
export const maxExpiryAheadMs = 15 * 60 * 1000

/**
 * Checks `signatureversion` and `expires` against the clock. Version 3 needs `expires`; an expired one is 401. With
 * `enforce` (enforce.post.requests.and.timestamps) version 3 is required and `expires` lies at most 15 minutes ahead.
 */
export function checkExpiry(pairs: readonly Pair[], now: number, enforce: boolean): void {
  const version = firstValue(pairs, 'signatureversion')
  if (version === undefined || version !== '3') {
    if (enforce) throw unauthorized('signatureversion=3 is required', 'Sign with signatureversion=3 and expires.')
    return
  }
  const expires = parseExpires(firstValue(pairs, 'expires'))
  if (expires === undefined) {
    throw unauthorized('expires is missing or not a date', "Send expires as yyyy-MM-dd'T'HH:mm:ss+0000.")
  }
  if (expires < now) throw unauthorized('The request has expired', 'Check the clock of the client and sign again.')
  if (enforce && expires > now + maxExpiryAheadMs) {
    throw unauthorized('expires lies more than 15 minutes ahead', 'Check the clock of the client.')
  }
}

function parseExpires(text: string | undefined): number | undefined {
  // An unencoded plus of +0000 arrives as a space.
  return text === undefined ? undefined : parseDate(text.trim().replace(/ (\d{4})$/, '+$1'))
}

function unauthorized(message: string, fix: string): ReturnType<typeof apiFailure> {
  return apiFailure('api.unauthorized', `Unable to verify the request: ${message}`, { fix })
}

/** Whether `enforce.post.requests.and.timestamps` refuses this state change by GET (400). */
export function requirePost(method: string, enforce: boolean, readOnly: boolean): void {
  if (enforce && !readOnly && method.toUpperCase() !== 'POST') {
    throw apiFailure('api.bad-request', 'This command changes something and is only accepted by POST', {
      fix: 'Send it by POST, or set enforce.post.requests.and.timestamps to false.',
    })
  }
}
