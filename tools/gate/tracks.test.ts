import assert from 'node:assert/strict'
import { test } from 'node:test'
import { layers } from './layers.ts'
import { insideFresh, remarks, tracksOf } from './tracks.ts'

test('every layer is in one track, or runs inside the clean root', () => {
  const names = (full: boolean): string[] =>
    layers.filter((layer) => full || !layer.fullOnly).map((layer) => layer.name)
  for (const [full, root] of [
    [false, true],
    [false, false],
    [true, true],
  ] as const) {
    const run = tracksOf({ full, root }).flat()
    const inside = run.includes('unit') ? [] : insideFresh
    assert.deepEqual([...run, ...inside].sort(), names(full).sort())
  }
})

test('failures with their causes and unsteady tests are kept of a track, and nothing else', () => {
  const kept: string[] = []
  const take = remarks((line) => kept.push(line))
  const failure = ['  a.test.ts: it comes up', '        Error: it does not']
  for (const line of ['# lab', 'not ok  a', '', 'failed:', ...failure, '', 'unsteady: b: it moves', '3 passed'])
    take(line)
  assert.deepEqual(kept, [...failure, 'unsteady: b: it moves'])
})
