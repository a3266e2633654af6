import { hostRefusal } from '@altostack/agent-api'
import { agentFailure, type Runtime } from '@altostack/core'
import type { Settings } from '../properties/settings.ts'
import { reachPort } from '../storage/reach-port.ts'
import { migrationTarget } from './addresses.ts'

const attempts = 4
const pauseMs = 1000
const defaultPorts: Readonly<Record<string, number>> = { 'qemu+tls:': 16514, 'qemu+tcp:': 16509 }

/** Address and port that a source dials for this URI of libvirt's; undefined where it dials none. */
export function dialled(uri: string): { readonly address: string; readonly port: number } | undefined {
  const { protocol, hostname, port } = new URL(uri)
  const usual = defaultPorts[protocol]
  if (usual === undefined || hostname === '') return undefined
  return { address: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) }
}

/** Refuses where nobody takes the connection of a source here; a libvirtd that is being restarted is waited for. */
export async function requireListener(settings: Settings, runtime: Runtime): Promise<void> {
  const target = dialled((await migrationTarget(settings, runtime)).uri)
  if (target === undefined) return
  for (let attempt = 1; ; attempt++) {
    const { state, seen } = await reachPort(runtime, target.address, target.port)
    if (state === 'open') return
    if (attempt < attempts && state === 'refused') {
      await runtime.sleep(pauseMs)
      continue
    }
    const message = `Nobody listens for live migrations on port ${target.port} of the host`
    throw hostRefusal(agentFailure('vm.migration-port', message, { seen }))
  }
}
