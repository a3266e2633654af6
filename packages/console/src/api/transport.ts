import { ApiFailure, failureFromBody } from './api-failure.ts'

export type ParamValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly Record<string, string>[]
  | undefined
  | null
export type CallParams = Readonly<Record<string, ParamValue>>
// biome-ignore lint/suspicious/noExplicitAny: answers are described by the contract that the server sends
export type AnswerBody = Record<string, any>

const endpoint = '/client/api'
/** Longer parameters go into the body. */
const longestQuery = 4000

type Session = { readonly key: () => string | undefined; readonly lost: () => void }
let session: Session = { key: () => undefined, lost: () => undefined }

/** Tells the transport whose key to send and whom to tell when the server no longer knows it. */
export function useSession(given: Session): void {
  session = given
}

/** Sends a command, answers the content of its wrapper. Throws ApiFailure. GET where nothing is changed. */
export async function callApi(
  command: string,
  params: CallParams = {},
  options: { readonly get?: boolean; readonly signal?: AbortSignal; readonly anonymous?: boolean } = {},
): Promise<AnswerBody> {
  const form = formOf({ command, response: 'json', ...params })
  const key = session.key()
  if (key !== undefined && !options.anonymous) form.append('sessionkey', key)
  const text = form.toString()
  const get = options.get === true && text.length < longestQuery
  let response: Response
  try {
    response = await fetch(get ? `${endpoint}?${text}` : endpoint, {
      method: get ? 'GET' : 'POST',
      credentials: 'same-origin',
      cache: get ? 'no-cache' : 'default',
      ...(get ? {} : { body: form }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFailure({
      code: 'console.unreachable',
      status: 0,
      cause: 'The management server does not answer',
      fix: 'Check that it runs and that this machine reaches it; what is shown here goes on by itself when it is back.',
    })
  }
  return await readAnswer(response, options.anonymous === true)
}

async function readAnswer(response: Response, anonymous: boolean): Promise<AnswerBody> {
  let outer: AnswerBody
  try {
    outer = (await response.json()) as AnswerBody
  } catch {
    throw new ApiFailure({
      code: 'console.answer',
      status: response.status,
      cause: `The answer cannot be read (HTTP ${response.status})`,
      fix: 'Look at the log of the management server, and at a proxy that may stand between.',
    })
  }
  const body = (Object.values(outer)[0] ?? {}) as AnswerBody
  if (response.ok && body.errorcode === undefined) return body
  if (response.status === 401 && !anonymous) session.lost()
  throw failureFromBody(body, response.status)
}

/** Lists by commas, maps as name[i].field, what is absent left out. */
export function formOf(params: CallParams): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || value === '') continue
    if (!Array.isArray(value)) form.append(name, String(value))
    else if (value.length > 0 && typeof value[0] === 'object') {
      for (const [index, item] of (value as Record<string, string>[]).entries()) {
        for (const [field, text] of Object.entries(item)) form.append(`${name}[${index}].${field}`, text)
      }
    } else if (value.length > 0) form.append(name, value.join(','))
  }
  return form
}
