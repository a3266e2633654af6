import { createHmac } from 'node:crypto'
import type { ApiKeys } from './api.ts'

/** A row of the change feed, as it was pushed. */
export type PushedChange = {
  /** When the server wrote it, ISO 8601. */
  readonly time: string
  readonly resourcetype: string
  readonly resourceid: string
  readonly from: string | null
  readonly to: string | null
  readonly cause: string
  readonly evidence?: unknown
}
export type EventStream = {
  /** What has arrived, oldest first, with the wall clock at its arrival, ms. */
  readonly changes: readonly { readonly at: number; readonly change: PushedChange }[]
  readonly close: () => void
}

/** Follows GET /client/events from now on. */
export async function followEvents(endpoint: string, keys: ApiKeys): Promise<EventStream> {
  const query = `apikey=${encodeURIComponent(keys.apiKey)}`
  const signed = query.toLowerCase()
  const signature = createHmac('sha1', keys.secretKey).update(signed).digest('base64')
  const stop = new AbortController()
  const url = `${endpoint.replace(/\/api$/, '/events')}?${query}&signature=${encodeURIComponent(signature)}`
  const answer = await fetch(url, { signal: stop.signal })
  if (answer.status !== 200 || answer.body === null) {
    throw new Error(`events: ${answer.status} ${await answer.text()}`)
  }
  const changes: { at: number; change: PushedChange }[] = []
  const read = async (body: NonNullable<typeof answer.body>): Promise<void> => {
    let rest = ''
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const at = Date.now()
      const parts = (rest + chunk).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const data = part.split('\n').find((line) => line.startsWith('data: '))
        if (data !== undefined) changes.push({ at, change: JSON.parse(data.slice(6)) as PushedChange })
      }
    }
  }
  read(answer.body).catch(() => undefined)
  return { changes, close: () => stop.abort() }
}
