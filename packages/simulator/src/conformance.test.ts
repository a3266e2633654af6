import { rangesDigest, type Transport } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import { agentConformance, type ConformanceHost } from '@altostack/testkit'
import { createFleet, type SimulatedFleet } from './index.ts'

const runtime = systemRuntime()
const nowhere: Transport = () => new Promise(() => {})

function conformanceHost(fleet: SimulatedFleet): ConformanceHost {
  const host = fleet.addHost({ servers: [], transport: nowhere, size: { bridges: ['cloudbr0'] } })
  host.start()
  return {
    handlers: () => host.handlers(),
    pool: { uuid: '6d1f8a9e-8a52-4b0c-9a35-0f4f7d9b1c11', type: 'SharedMountPoint', path: '/srv/primary' },
    template: {
      uuid: '7d1f8a9e-8a52-4b0c-9a35-0f4f7d9b1c12',
      format: 'qcow2',
      sizeBytes: 1 << 20,
      sha256: 'a'.repeat(64),
      virtualSizeBytes: 1 << 24,
    },
    iso: {
      uuid: '7d1f8a9e-8a52-4b0c-9a35-0f4f7d9b1c13',
      format: 'raw',
      sizeBytes: 1 << 20,
      sha256: 'b'.repeat(64),
      virtualSizeBytes: 1 << 20,
    },
    bridge: 'cloudbr0',
    hear: (current, acknowledged) => {
      host.hear(current, acknowledged)
    },
    openKeys: () => host.openKeys(),
    protectedDigest: () => rangesDigest(host.guestNetwork().protectedAddresses),
    crash: async () => host.restart(),
    stop: async () => host.stop(),
  }
}

agentConformance('simulator', async () => conformanceHost(createFleet({ runtime, seed: 1 })), {
  makePair: async () => {
    const fleet = createFleet({ runtime, seed: 1 })
    return { source: conformanceHost(fleet), target: conformanceHost(fleet) }
  },
})
