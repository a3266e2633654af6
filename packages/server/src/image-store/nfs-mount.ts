import { mkdir, readFile } from 'node:fs/promises'
import { errorText, storageFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { runProgram } from '../program/index.ts'

const mountMs = 30_000

/** Arguments of mount for `nfs://server[:port]/path`. */
export function mountArgs(url: URL, version: string | undefined, target: string): string[] {
  const options = [
    'soft',
    // A server that is gone is given up after about a minute: one access asks several times.
    'timeo=50',
    'retrans=2',
    ...(version === undefined ? [] : [`vers=${version}`]),
    ...(url.port === '' ? [] : [`port=${url.port}`]),
  ]
  const host = url.hostname.includes(':') ? `[${url.hostname}]` : url.hostname
  return ['-t', 'nfs', '-o', options.join(','), `${host}:${decodeURIComponent(url.pathname)}`, target]
}

/** Mounts the export on the management server unless it is there. Throws `image-store.unreachable`. */
export async function mountExport(
  ctx: ServerContext,
  url: URL,
  version: string | undefined,
  target: string,
): Promise<void> {
  if (await isMounted(target)) return
  await mkdir(target, { recursive: true, mode: 0o700 })
  const fail = (seen: string): Error =>
    storageFailure('image-store.unreachable', `The export ${url.href} cannot be mounted on the management server`, {
      seen,
    })
  let end: Awaited<ReturnType<typeof runProgram>>
  try {
    end = await runProgram('mount', mountArgs(url, version, target), { runtime: ctx.runtime, timeoutMs: mountMs })
  } catch (error) {
    throw fail(errorText(error))
  }
  if (end.code !== 0) throw fail(end.stderr.trim().slice(0, 500))
}

async function isMounted(target: string): Promise<boolean> {
  const table = await readFile('/proc/self/mounts', 'utf8').catch(() => '')
  return table.split('\n').some((line) => line.split(' ')[1] === target)
}
