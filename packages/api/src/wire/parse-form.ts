import { apiFailure } from '@altostack/core'

/** One parameter as sent, decoded; duplicates and order are kept. */
export type Pair = readonly [name: string, value: string]

export type FormLimits = {
  /** Characters of the whole query string or body. */
  readonly maxLength: number
  /** Number of parameters. */
  readonly maxPairs: number
}
/** 1 MiB of user data in base64 and percent-encoding fits. */
export const defaultFormLimits: FormLimits = { maxLength: 4 * 1024 * 1024, maxPairs: 2048 }

/**
 * Decodes `a=b&c=d`, the one format of query strings and form bodies. `+` is a space. Throws api.bad-request for a
 * percent sign without two hex digits, bytes that are not UTF-8, an empty name, or a limit passed.
 */
export function parseForm(text: string, limits: FormLimits = defaultFormLimits): readonly Pair[] {
  if (text.length > limits.maxLength) {
    throw apiFailure('api.bad-request', `The parameters are longer than ${limits.maxLength} characters`, {
      fix: 'Send fewer or shorter parameters.',
    })
  }
  const pairs: Pair[] = []
  let start = 0
  while (start <= text.length) {
    const end = endOfPart(text, start)
    if (end > start) {
      if (pairs.length === limits.maxPairs) {
        throw apiFailure('api.bad-request', `The request has more than ${limits.maxPairs} parameters`)
      }
      pairs.push(parsePair(text.slice(start, end)))
    }
    start = end + 1
  }
  return pairs
}

function endOfPart(text: string, start: number): number {
  const end = text.indexOf('&', start)
  return end === -1 ? text.length : end
}

function parsePair(part: string): Pair {
  const equals = part.indexOf('=')
  const name = decode(equals === -1 ? part : part.slice(0, equals), 'A parameter name')
  if (name === '') throw apiFailure('api.bad-request', 'A parameter has no name')
  return [name, equals === -1 ? '' : decode(part.slice(equals + 1), `The value of parameter ${printable(name)}`)]
}

function decode(text: string, what: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw apiFailure('api.bad-request', `${what} is not percent-encoded UTF-8`, {
      fix: 'Encode each value as UTF-8 bytes, %XX for each byte that is not a letter or digit.',
    })
  }
}

/** At most 64 characters, controls replaced: safe inside an error text. */
export function printable(text: string): string {
  const short = text.length > 64 ? `${text.slice(0, 64)}…` : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return short.replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/g, '?')
}

/** Query-string values override body values of the same name. */
export function mergePairs(query: readonly Pair[], body: readonly Pair[]): readonly Pair[] {
  const names = new Set(query.map(([name]) => name))
  return [...query, ...body.filter(([name]) => !names.has(name))]
}

/** First value of a name, compared without case; undefined when it is not there. */
export function firstValue(pairs: readonly Pair[], name: string): string | undefined {
  const wanted = name.toLowerCase()
  return pairs.find(([sent]) => sent.toLowerCase() === wanted)?.[1]
}
