import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server } from 'node:net'

/** Run inside a network namespace: opens sockets there, hands them to the parent over its channel and ends. */
export type WantedSocket = { readonly kind: 'tcp' | 'udp'; readonly address: string; readonly port: number }

export async function handOverSockets(wanted: readonly WantedSocket[]): Promise<void> {
  const send = process.send?.bind(process)
  if (send === undefined) throw new Error('this command is run by the agent only')
  for (const [index, { kind, address, port }] of wanted.entries()) {
    const socket = kind === 'tcp' ? await listen(address, port) : await bind(address, port)
    // The parent has its own copy once it has answered, which is what the callback waits for.
    await new Promise<void>((resolve, reject) => {
      send({ index }, socket, {}, (error: Error | null) => (error === null ? resolve() : reject(error)))
    })
  }
  await new Promise<void>((resolve) => process.once('disconnect', resolve))
  // A datagram socket of ours would keep this process.
  process.exit(0)
}

function listen(address: string, port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, backlog: 128 }, () => resolve(server))
  })
}

function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, address, () => resolve(socket))
  })
}

// The packaged agent is one CommonJS file, which knows no await outside a function.
if (import.meta.main) void handOverSockets(JSON.parse(process.argv[2] ?? '[]') as WantedSocket[])
