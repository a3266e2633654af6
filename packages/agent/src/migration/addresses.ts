import type { Result } from '@altostack/agent-api'
import type { Runtime } from '@altostack/core'
import { hostAddress } from '../facts/facts.ts'
import type { Settings } from '../properties/settings.ts'

export async function hostMigrationAddress(settings: Settings, runtime: Runtime): Promise<string> {
  return settings.get('alto.migration.address') ?? (await hostAddress(settings, runtime))
}

/**
 * How a source reaches this host: libvirtd over TLS, and the memory by address, since with a name the source would have to
 * resolve it. `alto.migration.uri` replaces the first for hosts whose libvirtd listens elsewhere.
 */
export async function migrationTarget(
  settings: Settings,
  runtime: Runtime,
): Promise<Pick<Result<'vm.migration.prepare'>, 'uri' | 'migrateUri'>> {
  const address = await hostMigrationAddress(settings, runtime)
  const literal = address.includes(':') ? `[${address}]` : address
  const scheme = settings.get('alto.libvirt.tls') === 'false' ? 'qemu+tcp' : 'qemu+tls'
  return { uri: settings.get('alto.migration.uri') ?? `${scheme}://${literal}/system`, migrateUri: `tcp://${literal}` }
}
