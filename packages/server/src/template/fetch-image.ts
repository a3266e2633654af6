import { lookup } from 'node:dns'
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import { AltoError, errorText, type Runtime, templateFailure } from '@altostack/core'
import type { FetchPolicy } from './fetch-policy.ts'

export type FetchOptions = {
  readonly runtime: Runtime
  readonly url: string
  /** Where the bytes go; what an interrupted fetch left there is continued when the source has not changed. */
  readonly path: string
  readonly policy: FetchPolicy
  readonly maxBytes: number
  /** Without a byte for so long it ends. */
  readonly idleMs: number
  /** It ends after so long whatever comes, with `template.fetch-time`. */
  readonly totalMs: number
  readonly signal?: AbortSignal
  /** `total` is absent when the source does not say it. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
}

const maxRedirects = 5

/**
 * Fetches an image by http or https. Every address is judged when its connection is made, the addresses of redirects
 * too, so that no name can be pointed elsewhere between check and use. Throws AltoError.
 */
export async function fetchImage(options: FetchOptions): Promise<{ readonly bytes: number }> {
  const late = new AbortController()
  const cancel = options.runtime.after(options.totalMs, () => late.abort(new Error('its time is over')))
  try {
    const signal = options.signal === undefined ? late.signal : AbortSignal.any([options.signal, late.signal])
    return await fetchInTime({ ...options, signal })
  } catch (error) {
    if (!late.signal.aborted) throw error
    throw templateFailure('template.fetch-time', `The image did not come in time from ${withoutSecrets(options.url)}`, {
      seen: `after ${Math.round(options.totalMs / 1000)} s: ${error instanceof AltoError ? (error.seen ?? '') : errorText(error)}`,
    })
  } finally {
    cancel()
  }
}

async function fetchInTime(options: FetchOptions): Promise<{ readonly bytes: number }> {
  const resume = await resumable(options)
  let url = readUrl(options.url)
  for (let hop = 0; ; hop++) {
    const response = await get(options, url, resume)
    const status = response.statusCode ?? 0
    const location = response.headers.location
    if (status >= 300 && status < 400 && location !== undefined) {
      response.destroy()
      if (hop === maxRedirects) throw failed(options, `more than ${maxRedirects} redirects`)
      url = readUrl(new URL(location, url).href)
      continue
    }
    if (status === 416 && resume !== undefined) {
      // What is there is longer than the source: begin anew.
      response.destroy()
      await rm(options.path, { force: true })
      await rm(notePath(options.path), { force: true })
      return await fetchInTime(options)
    }
    if (status !== 200 && !(status === 206 && continues(response, resume))) {
      response.destroy()
      throw failed(options, `${withoutSecrets(url.href)} answered ${status}`)
    }
    return await save(options, response, status === 206 ? (resume?.bytes ?? 0) : 0)
  }
}

/** Throws 431 for what cannot be fetched by this server at all. */
export function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw templateFailure('template.url', 'Templates are fetched by http:// or https://', { seen: text.slice(0, 200) })
  }
  return url
}

type Resume = { readonly bytes: number; readonly validator: string }

async function get(options: FetchOptions, url: URL, resume: Resume | undefined): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0) {
    const refusal = options.policy.refusal(host, withoutSecrets(url.href))
    if (refusal !== undefined) throw refusal
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  // Loaded here: importing node:http brings Node's WebSocket and fetch along, 45 ms of a start and 14 MB.
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const headers = {
    'user-agent': 'altostack',
    'accept-encoding': 'identity',
    ...(resume === undefined ? {} : { range: `bytes=${resume.bytes}-`, 'if-range': resume.validator }),
  }
  const how: RequestOptions = { headers, agent: false, lookup: judgedLookup(options.policy, withoutSecrets(url.href)) }
  const sent = request(url, { ...how, ...(options.signal === undefined ? {} : { signal: options.signal }) }, resolve)
  sent.setTimeout(options.idleMs, () => sent.destroy(new Error(`nothing came for ${options.idleMs / 1000} s`)))
  sent.on('error', (error) => {
    const known = (error as { readonly code?: unknown }).code === 'template.address-refused'
    reject(known ? error : failed(options, `${url.host}: ${errorText(error)}`))
  })
  sent.end()
  return await promise
}

/** Resolves like the system, and lets no refused address through to the connection. */
function judgedLookup(policy: FetchPolicy, url: string): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      for (const { address } of addresses) {
        const refusal = policy.refusal(address, url)
        if (refusal !== undefined) return callback(refusal as NodeJS.ErrnoException, '', 0)
      }
      const [first] = addresses
      if (first === undefined) return callback(new Error(`${host} has no address`) as NodeJS.ErrnoException, '', 0)
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

async function save(options: FetchOptions, response: IncomingMessage, from: number): Promise<{ bytes: number }> {
  const declared = response.headers['content-length']
  const total = declared === undefined ? undefined : from + Number(declared)
  if (total !== undefined && total > options.maxBytes) {
    response.destroy()
    throw tooLarge(total, options.maxBytes)
  }
  const validator = response.headers.etag ?? response.headers['last-modified']
  if (validator !== undefined && !validator.startsWith('W/')) {
    await writeFile(notePath(options.path), JSON.stringify({ url: options.url, validator }))
  }
  const file = await open(options.path, from === 0 ? 'w' : 'r+', 0o644)
  let bytes = from
  try {
    for await (const chunk of response) {
      const data = chunk as Buffer
      if (bytes + data.length > options.maxBytes) throw tooLarge(bytes + data.length, options.maxBytes)
      await file.write(data, 0, data.length, bytes)
      bytes += data.length
      options.onProgress?.(bytes, total)
    }
    await file.truncate(bytes)
    await file.datasync()
  } catch (error) {
    response.destroy()
    if ((error as { readonly code?: unknown }).code === 'template.too-large') throw error
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw templateFailure('template.no-space', 'The image store is full', { seen: options.path })
    }
    throw failed(options, `after ${bytes} bytes: ${errorText(error)}`)
  } finally {
    await file.close()
  }
  if (total !== undefined && bytes !== total) throw failed(options, `${bytes} of ${total} bytes came`)
  await rm(notePath(options.path), { force: true })
  return { bytes }
}

/** What an earlier attempt left, if the source then said how to tell whether it is still the same. */
async function resumable(options: FetchOptions): Promise<Resume | undefined> {
  try {
    const note = JSON.parse(await readFile(notePath(options.path), 'utf8')) as { url: string; validator: string }
    const { size } = await stat(options.path)
    return note.url === options.url && size > 0 ? { bytes: size, validator: note.validator } : undefined
  } catch {
    return undefined
  }
}

function continues(response: IncomingMessage, resume: Resume | undefined): boolean {
  return resume !== undefined && response.headers['content-range']?.startsWith(`bytes ${resume.bytes}-`) === true
}

function notePath(path: string): string {
  return `${path}.source`
}

function tooLarge(bytes: number, allowed: number): Error {
  return templateFailure('template.too-large', 'The image is too large', {
    seen: `${bytes} bytes; ${allowed} are allowed`,
  })
}

function failed(options: FetchOptions, seen: string): Error {
  return templateFailure('template.download', `The image could not be fetched from ${withoutSecrets(options.url)}`, {
    seen,
  })
}

/** A url as logs and answers may show it. */
export function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  if (url.password !== '') url.password = '***'
  return url.href
}
