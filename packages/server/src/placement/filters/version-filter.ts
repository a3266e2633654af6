import { compareVersions } from '@altostack/core'
import type { HostFilter } from './filter.ts'

/** A running guest moves to an equal or newer QEMU only: an older one may not read what the newer one sends. */
export const versionFilter: HostFilter = {
  name: 'version',
  applies: ({ movesFrom }) => movesFrom !== undefined && movesFrom.qemu !== '',
  refuse: (host, { demand }) => {
    const from = demand.movesFrom
    if (from === undefined || host.qemu === '' || compareVersions(host.qemu, from.qemu) >= 0) return undefined
    return {
      filter: 'version',
      seen: () => `has QEMU ${host.qemu}, older than ${from.qemu} of ${from.name}`,
      fix: 'Upgrade it first; or stop the virtual machine and start it there.',
    }
  },
}
