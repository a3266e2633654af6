import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { livePid, signal, writePid } from './services.ts'

test('a pid file tells of the process that wrote it alone, and may go while it is read', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-pid-'))
  const file = join(directory, 'service.pid')
  try {
    assert.equal(livePid(file), undefined)
    writePid(file, process.pid)
    assert.equal(livePid(file), process.pid)
    writeFileSync(file, `${process.pid} 1\n`)
    assert.equal(livePid(file), undefined, 'the pid was given again')
    const script = `const { writeFileSync, rmSync } = require('node:fs')
      for (let n = 0; n < 20000; n++) { writeFileSync(${JSON.stringify(file)}, '1 1'); rmSync(${JSON.stringify(file)}) }`
    const other = spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
    const ended = once(other, 'exit')
    let seen = 0
    while (other.exitCode === null) {
      for (let n = 0; n < 200; n++) {
        if (existsSync(file)) seen++
        assert.equal(livePid(file), undefined)
      }
      await new Promise(setImmediate)
    }
    await ended
    assert.ok(seen > 0, 'it was there at times')
    assert.doesNotThrow(() => signal(other.pid as number, 'SIGTERM'))
  } finally {
    rmSync(directory, { recursive: true })
  }
})
