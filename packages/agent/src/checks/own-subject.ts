import { dirname } from 'node:path'
import { type CheckSubject, subjectOf } from '@altostack/agent-api'
import { architecture } from '../facts/facts.ts'
import type { HostContext } from '../host-context.ts'
import { parseServer, parseServerList } from '../trust/server-address.ts'

/** What this host is measured by: what the server says, else its own settings. The files are always its own. */
export function ownSubject(context: HostContext, told: CheckSubject | undefined): CheckSubject {
  const { paths, settings } = context
  const own = {
    selfSeen: true,
    files: {
      config: paths.config,
      certificate: paths.certificate,
      key: paths.key,
      ca: paths.ca,
      stateDir: paths.stateDir,
      logDir: dirname(paths.log),
      localStorage: (settings.get('local.storage.path')?.split(',')[0] ?? '').trim().replace(/\/+$/, ''),
    },
  }
  if (told !== undefined) return { ...told, ...own }
  const names = ['private.network.device', 'guest.network.device'].map((key) => settings.get(key))
  return subjectOf({
    ...own,
    arch: architecture(),
    joined: true,
    bridges: [...new Set(names.filter((name) => name !== undefined))],
    servers: parseServerList(settings.get('host') ?? '', Number(settings.get('port'))).map(parseServer),
  })
}
