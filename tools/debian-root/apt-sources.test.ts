import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { debianSources, parseDeb822, parseOneLine, sourceLine } from './apt-sources.ts'

test('one-line sources are read with their options and without comments', () => {
  const text = `# deb http://off.test/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian bookworm main contrib # our mirror
deb-src http://mirror.test/debian bookworm main
`
  assert.deepEqual(parseOneLine(text), [
    { uri: 'http://mirror.test/debian', suite: 'bookworm', components: ['main', 'contrib'], signedBy: '/k.gpg' },
  ])
})

test('a deb822 stanza gives one source a suite; disabled ones and embedded keys are left out', () => {
  const text = `Types: deb deb-src
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
# a comment
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://off.test/debian
Suites: bookworm
Components: main
Enabled: no
`
  assert.deepEqual(
    parseDeb822(text).map(({ suite, signedBy }) => [suite, signedBy]),
    [
      ['bookworm', undefined],
      ['bookworm-updates', undefined],
    ],
  )
})

test('only the release, its updates and its security are taken; other vendors are not', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'apt-sources-'))
  try {
    await mkdir(join(dir, 'sources.list.d'))
    await writeFile(join(dir, 'sources.list'), 'deb http://mirror.test/debian bookworm main\n')
    const other = 'deb http://vendor.test bookworm stable\ndeb http://vendor.test nodistro main\n'
    await writeFile(join(dir, 'sources.list.d/vendor.list'), other)
    const security =
      'Types: deb\nURIs: http://mirror.test/security\nSuites: bookworm-security\nComponents: main\nSigned-By: /k.gpg\n'
    await writeFile(join(dir, 'sources.list.d/security.sources'), security)
    assert.deepEqual((await debianSources('bookworm', dir)).map(sourceLine), [
      'deb http://mirror.test/debian bookworm main',
      'deb [signed-by=/k.gpg] http://mirror.test/security bookworm-security main',
    ])
    await assert.rejects(debianSources('trixie', dir), /No apt source .* Debian trixie main/)
  } finally {
    await rm(dir, { recursive: true })
  }
})
