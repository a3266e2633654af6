import type { Runtime } from '@altostack/core'
import type { SimulatedConnection } from './link.ts'

/** The server's end of an in-process channel; the shape that the management server's agent gate takes. */
export type ServerEnd = {
  send(text: string): void
  onText(listener: (text: string) => void): void
  /** Called once, whoever closes. `orderly`: the agent said that it stops. */
  onClose(listener: (reason: string, orderly: boolean) => void): void
  close(reason: string): void
}
export type ChannelPair = { readonly agent: SimulatedConnection; readonly server: ServerEnd }
export type ChannelOptions = {
  readonly runtime: Runtime
  /** Time a frame takes, ms; asked for each frame. Frames of one direction never overtake each other. */
  readonly latencyMs?: () => number
}

/** A text channel within the process, carried by the runtime's timers: in a seeded simulation it is part of the seed. */
export function channelPair(options: ChannelOptions): ChannelPair {
  const latency = options.latencyMs ?? ((): number => 0)
  const toServer = direction(options.runtime, latency)
  const toAgent = direction(options.runtime, latency)
  let open = true
  function end(reason: string, orderly: boolean): void {
    if (!open) return
    open = false
    toServer.end(reason, orderly)
    toAgent.end(reason, orderly)
  }
  return {
    agent: {
      send(text) {
        if (!open) throw new Error('the connection is closed')
        toServer.push(text)
      },
      onText: toAgent.onText,
      onClose: toAgent.onClose,
      close: () => end('closed with 1001', true),
      abort: () => end('closed with 1006', false),
    },
    server: {
      send(text) {
        if (open) toAgent.push(text)
      },
      onText: toServer.onText,
      onClose: toServer.onClose,
      close: (reason) => end(reason, false),
    },
  }
}

type Item = { readonly text: string } | { readonly reason: string; readonly orderly: boolean }

function direction(runtime: Runtime, latency: () => number) {
  const queue: Item[] = []
  const listeners: ((text: string) => void)[] = []
  const closers: ((reason: string, orderly: boolean) => void)[] = []
  let over: { readonly reason: string; readonly orderly: boolean } | undefined

  function push(item: Item): void {
    queue.push(item)
    // Whichever timer comes first delivers the oldest frame: order holds, whatever the scheduler draws.
    runtime.after(latency(), deliver)
  }
  function deliver(): void {
    if (queue.length > 0 && listeners.length === 0 && 'text' in (queue[0] as Item)) {
      // Nobody listens yet: the frame waits.
      return
    }
    const item = queue.shift()
    if (item === undefined) return
    if ('text' in item) for (const listener of listeners) listener(item.text)
    else {
      over = item
      for (const closer of closers) closer(item.reason, item.orderly)
    }
  }
  return {
    push: (text: string) => push({ text }),
    end: (reason: string, orderly: boolean) => push({ reason, orderly }),
    onText(listener: (text: string) => void) {
      listeners.push(listener)
      for (let waiting = queue.length; waiting > 0; waiting--) runtime.after(0, deliver)
    },
    onClose(listener: (reason: string, orderly: boolean) => void) {
      closers.push(listener)
      if (over !== undefined) listener(over.reason, over.orderly)
    },
  }
}
