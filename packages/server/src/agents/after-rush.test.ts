import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Runtime } from '@altostack/core'
import { collectAfterRush } from './after-rush.ts'

test('garbage of a rush is collected once, when it is quiet; a few hosts are none', () => {
  let now = 0
  let timer: { readonly at: number; readonly act: () => void } | undefined
  const after = (ms: number, act: () => void): (() => void) => {
    assert.equal(timer, undefined, 'one timer')
    timer = { at: now + ms, act }
    return () => {}
  }
  const advance = (ms: number): void => {
    for (const end = now + ms; ; ) {
      const due = timer
      now = Math.min(end, due?.at ?? end)
      if (due === undefined || due.at > end) return
      timer = undefined
      due.act()
    }
  }
  let collected = 0
  const came = collectAfterRush({ monotonic: () => now, after } as unknown as Runtime, () => collected++)
  for (let at = 0; at < 1000; at++) {
    came()
    advance(30)
  }
  assert.equal(collected, 0, 'not in the middle')
  advance(60_000)
  assert.equal(collected, 1)
  for (let at = 0; at < 100; at++) came()
  advance(600_000)
  assert.equal(collected, 1)
  assert.equal(timer, undefined, 'nothing is left to wait for')
})
