import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Server as TcpServer } from 'node:net'
import type { Runtime } from '@altostack/core'

/** Questions under way at once; more are dropped, and asked again by whoever asked. */
const most = 512
const answerMs = 5000

/**
 * Passes the namespace's questions for outside names on to the name servers that this host reaches: the namespace itself
 * has no way out. `servers` is read for each question.
 */
export function relayNames(
  runtime: Runtime,
  sockets: { readonly udp: UdpSocket; readonly tcp: TcpServer },
  servers: () => readonly string[],
): { readonly close: () => void } {
  let turn = 0
  let open = 0
  const choose = (): string | undefined => {
    const list = servers()
    return list[turn++ % Math.max(1, list.length)]
  }
  sockets.udp.on('message', (question, from) => {
    const server = choose()
    if (server === undefined || open >= most) return
    open++
    const out = createSocket('udp4')
    let ended = false
    const end = (): void => {
      if (ended) return
      ended = true
      open--
      cancel()
      out.close()
    }
    const cancel = runtime.after(answerMs, end)
    out.on('error', end)
    out.on('message', (answer, { address }) => {
      if (address !== server) return
      sockets.udp.send(answer, from.port, from.address)
      end()
    })
    out.send(question, 53, server)
  })
  sockets.udp.on('error', () => {})
  sockets.tcp.on('connection', (inside) => {
    const server = choose()
    if (server === undefined || open >= most) return void inside.destroy()
    open++
    const outside = connect(53, server)
    const end = (): void => {
      inside.destroy()
      outside.destroy()
    }
    for (const one of [inside, outside]) {
      one.setTimeout(answerMs, end)
      one.on('error', end)
      one.on('close', end)
    }
    inside.once('close', () => open--)
    inside.pipe(outside).pipe(inside)
  })
  return {
    close() {
      sockets.udp.close()
      sockets.tcp.close()
    },
  }
}
