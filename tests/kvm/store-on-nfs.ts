import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { systemRuntime } from '@altostack/core'
import { directoryStore } from '../../packages/server/src/image-store/directory-store.ts'
import { mountExport } from '../../packages/server/src/image-store/nfs-mount.ts'

/** The server's own code for NFS image stores, alone on a kernel: `put|get|list|remove URL VERSION MOUNT-POINT NAME FILE`. */
const [act, url = '', version = '', target = '', name = '', file = ''] = process.argv.slice(2)
const ctx = { runtime: systemRuntime() } as Parameters<typeof mountExport>[0]
const began = performance.now()
const store = directoryStore(target, () => mountExport(ctx, new URL(url), version === '' ? undefined : version, target))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function done(): Promise<unknown> {
  if (act === 'remove') return await store.remove(name)
  if (act === 'list') return (await store.list(name)).map((object) => `${object.name} ${object.sizeBytes}`)
  const bytes = readFileSync(file)
  if (act === 'put') {
    const digest = { sizeBytes: bytes.length, sha256: sha256(bytes) }
    return await store.put(name, file, digest, new AbortController().signal)
  }
  const back = await buffer(await store.open(name, { start: 0, end: bytes.length - 1 }))
  return { same: back.equals(bytes), bytes: back.length }
}
const answer = await done().then(
  (result) => ({ result }),
  (error: { code?: string; message: string; seen?: string }) => {
    const { code, message, seen } = error
    return { code, message, seen }
  },
)
console.log(JSON.stringify({ ...answer, seconds: Math.round((performance.now() - began) / 1000) }))
process.exit(0)
