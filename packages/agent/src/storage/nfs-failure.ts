import { hostRefusal } from '@altostack/agent-api'
import { type agentErrors, agentFailure } from '@altostack/core'

type Code = keyof typeof agentErrors

/** What mount.nfs and the RPC library say, and what it means; the first that matches counts. */
const meanings: readonly (readonly [RegExp, Code])[] = [
  [/Stale (NFS )?file handle/i, 'pool.stale'],
  [/access denied by server|Operation not permitted|Permission denied/i, 'pool.denied'],
  [/No such file or directory/i, 'pool.export'],
  [
    /Program not registered|Port mapper failure|portmap|Unable to receive|RPC:|mount system call failed.*rpc/i,
    'pool.rpc',
  ],
  [/Connection refused/i, 'pool.port'],
  [/No route to host|Network is unreachable|timed out|no end within|Name or service not known|resolve/i, 'pool.server'],
]

/** The cause of a failed mount, by name; `pool.mount` when its words are not known. */
export function mountFailureCode(said: string): Code {
  return meanings.find(([pattern]) => pattern.test(said))?.[1] ?? 'pool.mount'
}

/** Whether another version may be tried: the server does not speak this one. */
export function isVersionRefusal(said: string): boolean {
  return /Protocol not supported|requested NFS version|version or transport protocol|incorrect mount option|Invalid argument/i.test(
    said,
  )
}

/** What follows from a list of exports (`showmount -e`): a path that is not on it is missing, not forbidden. */
export function isExported(list: string, path: string): boolean {
  const wanted = path.replace(/(.)\/+$/, '$1')
  return list.split('\n').some((line) => {
    const exported = /^(\/\S*)(\s|$)/.exec(line)?.[1]?.replace(/(.)\/+$/, '$1')
    return exported !== undefined && (wanted === exported || wanted.startsWith(`${exported === '/' ? '' : exported}/`))
  })
}

export function nfsFailure(code: Code, message: string, seen: string): Error {
  return hostRefusal(agentFailure(code, message, { seen }))
}
