import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { silentLog } from '../src/log.ts'
import { openMetadataService } from '../src/network/metadata/metadata-service.ts'

const skip = process.getuid?.() === 0 ? false : 'network namespaces need root'

test('on a host where Node starts slowly, sockets of guests are opened once, and no start waits for them', {
  skip,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'alto-slow-'))
  const name = `altoslow${process.pid}`
  const node = process.execPath
  const slow = join(dir, 'node')
  writeFileSync(slow, `#!/bin/sh\necho begun >> ${dir}/begun\nsleep 2\nexec ${node} "$@"\n`)
  chmodSync(slow, 0o755)
  execFileSync('ip', ['netns', 'add', name])
  const inside = (...argv: string[]): string =>
    execFileSync('ip', ['netns', 'exec', name, ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const service = openMetadataService({
    runtime: systemRuntime(),
    log: silentLog(),
    source: () => ({ asker: () => undefined, passwordTaken: () => {} }),
    nameServers: () => [],
    startWaitsMs: 200,
  })
  try {
    inside('ip', 'link', 'set', 'lo', 'up')
    inside('ip', 'addr', 'add', '169.254.169.254/32', 'dev', 'lo')
    process.execPath = slow
    const space = { name } as Parameters<typeof service.open>[1]
    for (let at = 0; at < 4; at++) {
      await assert.rejects(service.open('br', space), { code: 'network.metadata' })
    }
    const listening = (): boolean => /169\.254\.169\.254:80 /.test(inside('ss', '-Hltn'))
    assert.ok(!listening())
    for (let at = 0; !listening(); at++) {
      assert.ok(at < 300, 'metadata is served in the end')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await service.open('br', space)
    assert.equal(readFileSync(join(dir, 'begun'), 'utf8'), 'begun\n')

    // Closed while it is opened: nothing is left of it.
    service.close('br')
    await assert.rejects(service.open('br', space))
    service.close('br')
    await new Promise((resolve) => setTimeout(resolve, 2500))
    assert.ok(!listening())
    assert.equal(execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).trim(), '')
  } finally {
    process.execPath = node
    service.closeAll()
    execFileSync('ip', ['netns', 'del', name])
    rmSync(dir, { recursive: true, force: true })
  }
})
