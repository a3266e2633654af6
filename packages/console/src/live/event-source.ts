import type { Progress } from './progress.ts'

/** One change as the server pushes it. */
export type Change = {
  readonly sequence: number
  readonly time: string
  readonly resourcetype: string
  readonly resourceid: string
  readonly from: string | null
  readonly to: string | null
  readonly cause: string
}
export type Link = 'connecting' | 'live' | 'lost'
type Listener = {
  readonly change: (change: Change) => void
  readonly progress: (progress: Progress) => void
  readonly link: (link: Link) => void
  /** Changes may have been missed: what is shown is read again. */
  readonly resync: () => void
}

const retryMs = 2000

/**
 * Follows /client/events until it is closed. After a cut the browser goes on from the last event it saw; where the server
 * no longer keeps what followed, or another one answers, it starts at the newest and says so by `resync`.
 */
export function followEvents(
  sessionKey: () => string | undefined,
  after: number | undefined,
  told: Listener,
): () => void {
  let source: EventSource | undefined
  let last = after
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  let refused = 0

  function open(): void {
    const key = sessionKey()
    if (closed || key === undefined) return
    told.link('connecting')
    const query = new URLSearchParams({ sessionkey: key })
    if (last !== undefined) query.set('after', String(last))
    source = new EventSource(`/client/events?${query}`)
    source.onopen = () => {
      refused = 0
      told.link('live')
      // What was read before the stream began may be old already.
      if (last === undefined) told.resync()
    }
    source.addEventListener('change', (event) => {
      last = Number(event.lastEventId)
      told.change({ ...(JSON.parse(event.data as string) as Omit<Change, 'sequence'>), sequence: last })
    })
    source.addEventListener('progress', (event) => told.progress(JSON.parse(event.data as string) as Progress))
    source.onerror = () => {
      told.link('lost')
      // The browser comes back by itself after a cut, not after an answer that is no stream.
      if (source?.readyState !== EventSource.CLOSED) return
      source.close()
      refused++
      if (refused >= 2) {
        last = undefined
        told.resync()
      }
      timer = setTimeout(open, retryMs)
    }
  }
  open()
  return () => {
    closed = true
    clearTimeout(timer)
    source?.close()
  }
}
