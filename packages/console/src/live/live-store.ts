import { defineStore } from 'pinia'
import { getCurrentScope, onScopeDispose, ref } from 'vue'
import { useSessionStore } from '../session/session-store.ts'
import { type Change, followEvents, type Link } from './event-source.ts'
import type { Progress } from './progress.ts'
import { soon } from './soon.ts'

type Watcher = {
  readonly entities: ReadonlySet<string> | undefined
  readonly changed: (changes: readonly Change[]) => void
}
type Message =
  | { readonly change: Change }
  | { readonly progress: Progress }
  | { readonly link: Link }
  | { readonly resync: true }

/** Changes of this long are told together. */
const gatherMs = 120

/**
 * The change feed for every page of every tab: one tab of the browser follows it (a browser has six connections to a
 * server) and tells the others. Watchers hear of changes in bunches, and of an empty bunch when everything may have changed.
 */
export const useLiveStore = defineStore('live', () => {
  const link = ref<Link>('connecting')
  const session = useSessionStore()
  const watchers = new Set<Watcher>()
  const progressWatchers = new Set<(progress: Progress) => void>()
  let waiting: Change[] = []
  let last: number | undefined
  let stop: (() => void) | undefined
  const tellSoon = soon(gatherMs, tell)

  function receive(change: Change): void {
    if (last !== undefined && change.sequence <= last) return
    last = change.sequence
    waiting.push(change)
    tellSoon()
  }

  function tell(): void {
    const changes = waiting
    waiting = []
    for (const { entities, changed } of watchers) {
      const mine = entities ? changes.filter((change) => entities.has(change.resourcetype)) : changes
      if (mine.length > 0) changed(mine)
    }
  }

  function tellProgress(progress: Progress): void {
    for (const watcher of progressWatchers) watcher(progress)
  }

  function resync(): void {
    last = undefined
    for (const { changed } of watchers) changed([])
  }

  /** Follows until `leave`; leads where no other tab does. */
  function follow(): void {
    leave()
    const channel = new BroadcastChannel(`altostack.events.${session.login?.userid ?? ''}`)
    const ended = new AbortController()
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('change' in data) receive(data.change)
      else if ('progress' in data) tellProgress(data.progress)
      else if ('link' in data) link.value = data.link
      else resync()
    }
    const lead = (): Promise<void> => {
      const send = (message: Message): void => channel.postMessage(message)
      const close = followEvents(() => session.login?.sessionkey, last, {
        change: (change) => {
          receive(change)
          send({ change })
        },
        progress: (progress) => {
          tellProgress(progress)
          send({ progress })
        },
        link: (now) => {
          link.value = now
          send({ link: now })
        },
        resync: () => {
          resync()
          send({ resync: true })
        },
      })
      return new Promise((resolve) =>
        ended.signal.addEventListener(
          'abort',
          () => {
            close()
            resolve()
          },
          { once: true },
        ),
      )
    }
    stop = () => {
      ended.abort()
      channel.close()
    }
    // Another user in another tab sees other changes: the lock is the session's.
    const name = `altostack.events.${session.login?.sessionkey ?? ''}`
    if (navigator.locks === undefined) void lead()
    else {
      link.value = 'live'
      navigator.locks.request(name, { signal: ended.signal }, lead).catch(() => undefined)
    }
  }

  function leave(): void {
    stop?.()
    stop = undefined
  }

  /** Calls back with changes of these entities, or with none when all may have changed; ends with the component. */
  function watchChanges(entities: readonly string[] | undefined, changed: Watcher['changed']): () => void {
    const watcher: Watcher = { entities: entities && new Set(entities), changed }
    watchers.add(watcher)
    const end = (): void => void watchers.delete(watcher)
    if (getCurrentScope()) onScopeDispose(end)
    return end
  }

  /** Calls back when a job goes on; ends with the component. */
  function watchProgress(moved: (progress: Progress) => void): void {
    progressWatchers.add(moved)
    if (getCurrentScope()) onScopeDispose(() => void progressWatchers.delete(moved))
  }

  return { link, follow, leave, watchChanges, watchProgress }
})
