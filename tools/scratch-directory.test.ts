import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inScratchDirectory } from './scratch-directory.ts'

test('a scratch directory goes, whatever its work does, and takes along those of killed processes only', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'alto-scratch-'))
  try {
    const { pid: dead } = spawnSync('true')
    const others = [`.tree-${process.ppid}-abc`, `.image-${dead}-abc`, 'image-1.qcow2']
    for (const name of [...others, `.tree-${dead}-abc`]) mkdirSync(join(parent, name))
    const failing = inScratchDirectory(parent, 'tree', async (scratch) => {
      assert.deepEqual(readdirSync(parent).sort(), [...others, scratch.slice(parent.length + 1)].sort())
      throw new Error('disk full')
    })
    await assert.rejects(failing, /disk full/)
    assert.deepEqual(readdirSync(parent).sort(), others.sort())
  } finally {
    rmSync(parent, { recursive: true })
  }
})
