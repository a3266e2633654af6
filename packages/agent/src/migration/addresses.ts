import type { Result } from '@altostack/agent-api'
import { hostAddress } from '../facts/facts.ts'
import type { Settings } from '../properties/settings.ts'

export function hostMigrationAddress(settings: Settings): string {
  return settings.get('alto.migration.address') ?? hostAddress(settings)
}

/**
 * How a source reaches this host: libvirtd over TLS, and the memory by address, since with a name the source would have to
 * resolve it. `alto.migration.uri` replaces the first for hosts whose libvirtd listens elsewhere.
 */
export function migrationTarget(settings: Settings): Result<'vm.migration.prepare'> {
  const address = hostMigrationAddress(settings)
  const literal = address.includes(':') ? `[${address}]` : address
  const scheme = settings.get('alto.libvirt.tls') === 'false' ? 'qemu+tcp' : 'qemu+tls'
  return { uri: settings.get('alto.migration.uri') ?? `${scheme}://${literal}/system`, migrateUri: `tcp://${literal}` }
}
