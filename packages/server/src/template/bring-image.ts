import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AltoError, templateFailure } from '@altostack/core'
import type { ServerContext } from '../context.ts'
import { readChecksum } from './checksum.ts'
import { type ExaminedImage, examineImage, hashFile, type ImageFormat } from './examine-image.ts'
import { fetchImage } from './fetch-image.ts'
import { fetchPolicy } from './fetch-policy.ts'

/** Progress is told at most so often. */
const progressMs = 1000

/** Fetches an image from outside under the settings that bound it. Repeatable: what came already is kept. */
export async function bringImage(
  ctx: ServerContext,
  wish: {
    readonly url: string
    readonly path: string
    readonly maxBytes: number
    /** When the first attempt began; a run of before has none. */
    readonly startedAt: number | undefined
    readonly signal: AbortSignal
    readonly onProgress: (percent: number, bytes: number) => void
  },
): Promise<{ readonly bytes: number }> {
  await mkdir(dirname(wish.path), { recursive: true, mode: 0o700 })
  let last = 0
  return await fetchImage({
    runtime: ctx.runtime,
    url: wish.url,
    path: wish.path,
    policy: fetchPolicy(await allowedNetworks(ctx)),
    maxBytes: wish.maxBytes,
    totalMs: await timeLeft(ctx, wish.startedAt),
    idleMs: (await ctx.config.number('alto.fetch.timeout')) * 1000,
    signal: wish.signal,
    onProgress(now, total) {
      const at = ctx.runtime.monotonic()
      if (at - last < progressMs || total === undefined) return
      last = at
      wish.onProgress(Math.floor((now * 100) / total), now)
    },
  })
}

/** Whether fetching again may help. */
export function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof AltoError && error.code === 'template.download' && !/answered 4\d\d/.test(error.seen ?? '')
}

/** Compares an image with the checksum that was given for it, and examines it. Throws AltoError. */
export async function checkImage(
  ctx: ServerContext,
  path: string,
  wish: { readonly format: ImageFormat; readonly checksum: string | null; readonly maxVirtualBytes: number },
  signal: AbortSignal,
): Promise<ExaminedImage> {
  const wanted = wish.checksum === null ? undefined : readChecksum(wish.checksum)
  const algorithms = wanted === undefined ? (['sha256'] as const) : (['sha256', wanted.algorithm] as const)
  const digests = await hashFile(path, algorithms, signal)
  const found = wanted === undefined ? undefined : digests.get(wanted.algorithm)
  if (wanted !== undefined && found !== wanted.hex) {
    throw templateFailure('template.wrong-checksum', 'The image does not have the given checksum', {
      seen: `${wanted.algorithm} ${found}`,
    })
  }
  const image = await examineImage(ctx, path, wish.format, wish.maxVirtualBytes, signal)
  return { ...image, sha256: digests.get('sha256') ?? '' }
}

/** Of the time for the whole fetch, its repeats included, ms. */
async function timeLeft(ctx: ServerContext, startedAt: number | undefined): Promise<number> {
  const totalMs = (await ctx.config.number('alto.fetch.total.timeout')) * 1000
  const now = ctx.runtime.now()
  return Math.max(1, totalMs - Math.max(0, now - (startedAt ?? now)))
}

/** Our setting, and CloudStack's of the same meaning. */
async function allowedNetworks(ctx: ServerContext): Promise<string> {
  const names = ['alto.fetch.allowed.cidrs', 'secstorage.allowed.internal.sites']
  return (await Promise.all(names.map((name) => ctx.config.text(name)))).join(',')
}
