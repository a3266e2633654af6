import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fuzz } from '../../fuzz/image-header.ts'
import { ImageError, readQcow2Header } from './qcow2-header.ts'

let directory = ''
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'alto-qcow2-'))
})
after(() => rmSync(directory, { recursive: true }))

const qemuImg = (...args: string[]): void => void execFileSync('qemu-img', args, { cwd: directory, stdio: 'pipe' })
const header = (name: string): ReturnType<typeof readQcow2Header> =>
  readQcow2Header(readFileSync(join(directory, name)))

test('reads what qemu-img writes', () => {
  qemuImg('create', '-f', 'qcow2', 'base', '10M')
  qemuImg('create', '-f', 'qcow2', '-b', 'base', '-F', 'qcow2', 'overlay', '20M')
  qemuImg('create', '-f', 'qcow2', '-o', 'compat=0.10', 'old', '1G')
  qemuImg('create', '-f', 'qcow2', '-o', 'data_file=elsewhere', 'external', '1M')
  const base = header('base')
  assert.equal(base.virtualSize, 10 * 2 ** 20)
  assert.equal(base.backingFile, undefined)
  assert.equal(base.externalData, false)
  assert.equal(base.unknownFeatures, 0n)
  const overlay = header('overlay')
  assert.equal(overlay.backingFile, 'base')
  assert.equal(overlay.backingFormat, 'qcow2')
  assert.equal(header('old').version, 2)
  assert.equal(header('external').externalData, true)
})

test('refuses what is no image', () => {
  writeFileSync(join(directory, 'text'), 'no image at all'.repeat(20))
  assert.throws(() => header('text'), ImageError)
  assert.throws(() => readQcow2Header(new Uint8Array(10)), ImageError)
})

test('fuzz: only ImageError is thrown', () => {
  const result = fuzz(20000, 7)
  assert.ok(result.read > 500 && result.refused > 500, JSON.stringify(result))
})
