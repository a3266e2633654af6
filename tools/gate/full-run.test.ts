import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type FullRow, mergeBlock, readRows, recordFullRun, writeRows } from './full-run.ts'

function row(layer: string, result: string): FullRow {
  return { layer, result, seconds: 75, what: 'seeds 1 to 1000', commit: 'abc', ended: '2026-01-02 03:04' }
}

test('a part of a full run replaces its own rows and leaves the others', () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-full-test-'))
  const file = join(directory, 'status.md')
  try {
    writeFileSync(file, '# Status\n\n<!-- written by ./alto test --full -->\n<!-- end -->\n\n## Next\n')
    recordFullRun([row('server', '1 passed'), row('sweep', '2 passed')], file)
    assert.match(recordFullRun([row('sweep', '184 passed')], file), /184 passed/)
    assert.equal(
      readFileSync(file, 'utf8'),
      [
        '# Status',
        '',
        '<!-- written by ./alto test --full -->',
        '',
        '| layer | result | time | with | commit | ended |',
        '|---|---|---|---|---|---|',
        '| server | 1 passed | 1 min 15 s | seeds 1 to 1000 | abc | 2026-01-02 03:04 |',
        '| sweep | 184 passed | 1 min 15 s | seeds 1 to 1000 | abc | 2026-01-02 03:04 |',
        '',
        '<!-- end -->',
        '',
        '## Next',
        '',
      ].join('\n'),
    )
    assert.equal(mergeBlock('# Status\n', [row('server', '1 passed')]), undefined)
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('the tracks hand their rows over by files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'alto-full-test-'))
  try {
    writeRows(directory, [row('server', '1 passed')])
    writeRows(directory, [row('sweep', '2 passed')])
    assert.deepEqual(
      readRows(directory)
        .map((one) => one.layer)
        .sort(),
      ['server', 'sweep'],
    )
  } finally {
    rmSync(directory, { recursive: true })
  }
})
