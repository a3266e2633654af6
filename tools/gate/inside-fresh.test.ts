import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { addInside, handOverInside } from './inside-fresh.ts'

test('what the clean root counted is added; nothing handed over is a failure', () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-inside-'))
  try {
    const sum = { passed: 5, failed: 0, skipped: 1 }
    addInside(sum, join(directory, 'none'))
    assert.deepEqual(sum, { passed: 5, failed: 1, skipped: 1 })
    const file = join(directory, 'counted')
    handOverInside('1878 passed, 2 failed, 3 skipped', file)
    addInside(sum, file)
    assert.deepEqual(sum, { passed: 1883, failed: 3, skipped: 4 })
  } finally {
    rmSync(directory, { recursive: true })
  }
})
