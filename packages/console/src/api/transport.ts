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

/** A connection that breaks before there is an answer is tried again after so long, where asking twice does no harm. */
const againMs = [100, 400, 1500]

type Session = { readonly key: () => string | undefined; readonly lost: (key: string) => void }
let session: Session = { key: () => undefined, lost: () => undefined }

/** Tells the transport which key to send, and whom to tell which key the server no longer knows. */
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
  const harmless = get || options.anonymous === true || params.dryrun === true
  const answer = await send(
    get ? `${endpoint}?${text}` : endpoint,
    {
      method: get ? 'GET' : 'POST',
      credentials: 'same-origin',
      cache: get ? 'no-cache' : 'default',
      ...(get ? {} : { body: form }),
      ...(options.signal ? { signal: options.signal } : {}),
    },
    harmless ? againMs : [],
  )
  return readAnswer(answer, options.anonymous ? undefined : key)
}

type Answer = { readonly status: number; readonly text: string }

/** A browser breaks what is under way when the machine's addresses change, and a server that restarts does too. */
async function send(url: string, request: RequestInit, pauses: readonly number[]): Promise<Answer> {
  for (const pause of [...pauses, undefined]) {
    try {
      const response = await fetch(url, request)
      return { status: response.status, text: await response.text() }
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      if (pause !== undefined) await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  throw new ApiFailure({
    code: 'console.unreachable',
    status: 0,
    cause: 'The management server does not answer',
    fix: 'Check that it runs and that this machine reaches it; what is shown here goes on by itself when it is back.',
  })
}

/** `key` is the one that was sent: what it was refused for says nothing of a session that has begun since. */
function readAnswer({ status, text }: Answer, key: string | undefined): AnswerBody {
  let outer: AnswerBody
  try {
    outer = JSON.parse(text) as AnswerBody
  } catch {
    throw new ApiFailure({
      code: 'console.answer',
      status,
      cause: `The answer cannot be read (HTTP ${status})`,
      fix: 'Look at the log of the management server, and at a proxy that may stand between.',
    })
  }
  const body = (Object.values(outer)[0] ?? {}) as AnswerBody
  if (status < 400 && body.errorcode === undefined) return body
  if (status === 401 && key !== undefined) session.lost(key)
  throw failureFromBody(body, status)
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
