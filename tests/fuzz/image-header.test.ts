import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { AltoError, systemRuntime } from '@altostack/core'
import { fuzz as fuzzOnAgent } from '../../packages/agent/fuzz/image-header.ts'
import { fuzz as fuzzOnServer, imageBytes } from '../../packages/server/fuzz/image-header.ts'
import type { ServerContext } from '../../packages/server/src/context.ts'
import { findSandbox } from '../../packages/server/src/program/index.ts'
import { examineImage } from '../../packages/server/src/template/examine-image.ts'
import { readImageHeader } from '../../packages/server/src/template/image-header.ts'
import { campaign, full, inputs, seedOf, sum } from './campaign.ts'

const seed = seedOf(5)

test(`${inputs} image headers are read or refused by the server`, async () => {
  const results = await campaign(fuzzOnServer, seed)
  const accepted = sum(results, (result) => result.accepted)
  assert.ok(accepted > inputs / 20 && accepted < inputs, `${accepted} accepted`)
})

test(`${inputs} image headers are read or refused by the agent`, async () => {
  const results = await campaign(fuzzOnAgent, seed)
  const read = sum(results, (result) => result.read)
  assert.equal(read + sum(results, (result) => result.refused), inputs)
  assert.ok(read > inputs / 20, `${read} read`)
})

describe('through the sandboxed qemu-img', () => {
  const examined = full ? 2000 : 50
  let directory: string
  let good: Buffer
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'alto-fuzz-'))
    const made = spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', join(directory, 'good.qcow2'), '64M'])
    assert.equal(made.status, 0, `qemu-img create: ${made.stderr}${made.error ?? ''}`)
    good = readFileSync(join(directory, 'good.qcow2'))
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  test(`${examined} images that pass the header check are examined without harm`, async () => {
    const runtime = systemRuntime()
    const ctx = { runtime } as unknown as ServerContext
    assert.ok((await findSandbox(runtime)).prefix.length > 0, 'qemu-img would run without a sandbox')
    const random = xorshift(seed)
    const outcomes = { taken: 0, refused: 0 }
    for (let at = 0; outcomes.taken + outcomes.refused < examined; at++) {
      const bytes = damaged(good, random)
      if (readImageHeader(bytes).format !== 'qcow2') continue
      const path = join(directory, `${at}.qcow2`)
      writeFileSync(path, bytes)
      const place = `replay with ALTO_FUZZ_SEED=${seed}; image ${at}: ${bytes.subarray(0, 128).toString('hex')}`
      try {
        const image = await examineImage(ctx, path, 'qcow2', 2 ** 50)
        assert.ok(Number.isSafeInteger(image.virtualSize) && image.virtualSize > 0, place)
        outcomes.taken++
      } catch (error) {
        if (!(error instanceof AltoError) || !error.code.startsWith('template.')) {
          throw new Error(place, { cause: error })
        }
        // A crash of the program is refused too, but it is not to happen.
        assert.doesNotMatch(`${error.seen}`, /SIGSEGV|SIGABRT|SIGBUS|not be examined/, place)
        outcomes.refused++
      } finally {
        rmSync(path, { force: true })
      }
    }
    assert.ok(outcomes.taken > 0 && outcomes.refused > 0, JSON.stringify(outcomes))
  })
})

/** A real image with a mutated header, or the campaign's bare one with nothing behind it. */
function damaged(good: Buffer, random: () => number): Buffer {
  const header = imageBytes(random)
  if (random() % 4 === 0) return Buffer.from(header)
  const bytes = Buffer.from(good)
  if (random() % 2 === 0) bytes.set(header.subarray(0, 112))
  for (let flips = random() % 6; flips > 0; flips--) {
    const at = random() % 3 === 0 ? random() % bytes.length : random() % 4096
    bytes[at] = random() & 255
  }
  return bytes
}

function xorshift(start: number): () => number {
  let state = start >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}
