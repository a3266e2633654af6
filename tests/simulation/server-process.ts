import { join } from 'node:path'
import type { ServerEnd } from '@altostack/simulator'
import { CrashForTest, type FaultPoint } from '@altostack/workflow'
import { answerCommand } from '../../packages/server/src/http/answer-command.ts'
import { createLogger } from '../../packages/server/src/log/logger.ts'
import { type Server, startServer } from '../../packages/server/src/server.ts'
import type { SimulatedRuntime } from '../../packages/testkit/src/simulated-runtime.ts'
import { openMortalDatabase } from './mortal-database.ts'
import { mortalRuntime } from './mortal-runtime.ts'
import type { Trace } from './trace.ts'

/** One life of the management server: the shipping code, without sockets, in this process. */
export type ServerProcess = {
  readonly server: Server
  readonly alive: () => boolean
  /** As kill -9 at this instant: nothing of it runs, answers or commits any more. */
  readonly kill: () => void
  /** Hands in the server's end of a host's connection, as the TLS listener does after the upgrade. */
  readonly accept: (end: ServerEnd, hostUuid: string, address: string) => void
  /** The answer to one request of /client/api; undefined: the server died before it answered. */
  readonly request: (
    pairs: readonly (readonly [string, string])[],
  ) => Promise<{ readonly status: number; readonly body: string } | undefined>
}

export type ServerProcessOptions = {
  readonly runtime: SimulatedRuntime
  readonly dataDir: string
  readonly trace: Trace
  /** Called at each fault point; may kill the server there. */
  readonly onPoint: (point: FaultPoint) => void
  /** A log line of level warn and above. */
  readonly onLog?: (line: Readonly<Record<string, unknown>>) => void
}

export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const runtime = mortalRuntime(options.runtime)
  const database = await openMortalDatabase(join(options.dataDir, 'cloud.db'), runtime.now)
  const ends = new Set<ServerEnd>()
  const death = Promise.withResolvers<undefined>()
  let alive = true

  function kill(): void {
    if (!alive) return
    alive = false
    runtime.kill()
    database.kill()
    for (const end of ends) end.close('closed with 1006')
    death.resolve(undefined)
  }

  const server = await startServer({
    runtime,
    log: createLogger({
      level: 'warn',
      stream: {
        write: (text: string) => {
          if (alive) options.onLog?.(JSON.parse(text) as Record<string, unknown>)
        },
      },
    }),
    dataDir: options.dataDir,
    port: 0,
    opened: database,
    withoutSockets: true,
    faults(point) {
      if (!alive) throw new CrashForTest('the server is dead')
      options.onPoint(point)
      if (!alive) throw new CrashForTest(`the server was killed ${point.at} ${point.step ?? ''}`)
    },
  })

  return {
    server,
    alive: () => alive,
    kill,
    accept(end, hostUuid, remoteAddress) {
      if (!alive) return end.close('connection refused')
      ends.add(end)
      end.onClose(() => ends.delete(end))
      const gate = server.agentServer?.gate()
      gate?.accept(
        {
          send: (text) => alive && end.send(text),
          onText: (listener) => end.onText((text) => alive && listener(text)),
          onClose: (listener) => end.onClose((reason, orderly) => alive && listener(reason, orderly)),
          close: (reason) => alive && end.close(reason),
        },
        { hostUuid, certificateId: 0, remoteAddress, dialled: '10.0.0.1:8250' },
      )
    },
    async request(pairs) {
      if (!alive) return undefined
      const answer = answerCommand(server.ctx, {
        pairs,
        cookies: { token: undefined, sessionKey: undefined } as never,
        remoteAddress: '127.0.0.1',
        integration: false,
        method: 'POST',
        signal: new AbortController().signal,
      })
      return await Promise.race([answer, death.promise])
    },
  }
}
