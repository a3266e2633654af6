import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentConformance, type ConformanceHost } from '../../testkit/src/agent-conformance.ts'
import { type AgentHost, cannotRun, makeAuthority, startAgentHost } from './agent-host.ts'
import { type ImageServer, makeImage, startImageServer } from './image-server.ts'
import { isoOf } from './iso-image.ts'
import { startTlsPair } from './tls-pair.ts'

function conformanceHost(host: AgentHost, images: ImageServer, cleanUp: () => Promise<void>): ConformanceHost {
  return {
    handlers: () => host.agent.handlers,
    pool: { ...host.pool, path: join(host.pool.path, 'new') },
    template: images.offer(makeImage(host.dir)),
    iso: images.offer(isoOf('conformance'), { format: 'raw', virtualSizeBytes: isoOf('conformance').length }),
    bridge: host.bridge,
    hear: (current, acknowledged) => host.agent.context.incarnation.heard(current, acknowledged),
    openKeys: () => host.agent.context.journal.openKeys(),
    protectedDigest: () => host.agent.context.guestNetwork.protectedDigest(),
    crash: () => host.restart(),
    async stop() {
      await host.stop()
      await cleanUp()
    },
  }
}

agentConformance(
  'KVM agent',
  async () => {
    const authority = await makeAuthority()
    const images = await startImageServer(authority)
    const host = await startAgentHost({ authority, settings: { host: `127.0.0.1:${images.port}` } })
    return conformanceHost(host, images, images.stop)
  },
  {
    skip: cannotRun(),
    oneNamespace: true,
    async makePair() {
      const dir = mkdtempSync(join(tmpdir(), 'alto-pair-'))
      mkdirSync(join(dir, 'pool'))
      const authority = await makeAuthority()
      const images = await startImageServer(authority)
      const { source, target } = await startTlsPair(dir, authority)
      const pool = { uuid: randomUUID(), type: 'SharedMountPoint' as const, path: join(dir, 'pool') }
      const bridge = source.bridge
      const done = async (): Promise<void> => {}
      return {
        source: { ...conformanceHost(source, images, done), pool, bridge },
        target: {
          ...conformanceHost(target, images, async () => {
            await images.stop()
            rmSync(dir, { recursive: true, force: true })
          }),
          pool,
          bridge,
        },
      }
    },
  },
)
