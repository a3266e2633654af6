import type { IncomingHttpHeaders } from 'node:http'
import { mergePairs, type Pair, parseForm } from '@altostack/api'
import type { FastifyRequest } from 'fastify'

/** The parameters of a request: query and form body by the one parser, the query's values first. */
export function readPairs(request: FastifyRequest): readonly Pair[] {
  const url = request.raw.url ?? ''
  const mark = url.indexOf('?')
  const query = mark === -1 ? [] : parseForm(url.slice(mark + 1))
  const body = typeof request.body === 'string' && request.body !== '' ? parseForm(request.body) : []
  return body.length === 0 ? query : mergePairs(query, body)
}

/** The cookies of a request, by name. */
function readCookies(header: string | undefined): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = {}
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0) cookies[part.slice(0, equals).trim()] ??= part.slice(equals + 1).trim()
  }
  return cookies
}

/** The cookies of a session; none where the browser says that another site asks. */
export function sessionCookiesOf(request: { readonly headers: IncomingHttpHeaders }): {
  readonly token?: string
  readonly sessionKey?: string
} {
  if (request.headers['sec-fetch-site'] === 'cross-site') return {}
  const { JSESSIONID: token, sessionkey: sessionKey } = readCookies(request.headers.cookie)
  return { ...(token === undefined ? {} : { token }), ...(sessionKey === undefined ? {} : { sessionKey }) }
}
