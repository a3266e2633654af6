import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { agentFailure } from '@altostack/core'
import { simulatedRuntime } from '@altostack/testkit'
import type { HostContext } from '../host-context.ts'
import { fetchInto } from './fetch-into.ts'

const dir = mkdtempSync(join(tmpdir(), 'alto-fetch-'))
after(() => rmSync(dir, { recursive: true, force: true }))
const job = { signal: new AbortController().signal, progress: () => undefined }

function contextOf(fetchImage: HostContext['fetchImage']): HostContext {
  const runtime = { ...simulatedRuntime(1), sleep: async () => undefined }
  return { runtime, fetchImage, log: { warn: () => undefined } } as unknown as HostContext
}

test('a server that is away is not an image that cannot be fetched: the caller asks again', async () => {
  const image = { uuid: 'i', sizeBytes: 4, sha256: '' }
  const away = contextOf(async () => {
    throw agentFailure('agent.unreachable', 'No management server is connected')
  })
  await assert.rejects(fetchInto(away, join(dir, 'a'), 0, image, job), { code: 'agent.unreachable' })
  const broken = contextOf(async () => {
    throw new Error('the disk of the server is broken')
  })
  await assert.rejects(fetchInto(broken, join(dir, 'a'), 0, image, job), { code: 'template.fetch' })
  // And what came before the cut is kept.
  let asked = 0
  const cut = contextOf(async (_uuid, offset, sink) => {
    await sink(Buffer.from('data').subarray(offset, offset + 2))
    if (asked++ === 0) throw new Error('cut')
    return 2
  })
  assert.equal(await fetchInto(cut, join(dir, 'a'), 0, image, job), 4)
  assert.equal(readFileSync(join(dir, 'a'), 'utf8'), 'data')
})
