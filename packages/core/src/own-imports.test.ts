import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

const root = join(import.meta.dirname, '../../..')

/** What a process prints that calls `resolveOwnImports` first if `own`. */
function printed(own: boolean, body: string): string {
  const first = own ? `(await import('./packages/core/src/own-imports.ts')).resolveOwnImports()\n` : ''
  const argv = ['--no-warnings', '--input-type=module', '-e', first + body]
  const { stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' })
  assert.equal(stderr, '')
  return stdout
}

test('the same modules are found as without it, and each is loaded once', () => {
  const body = `
    const byName = await import('@altostack/core')
    const byPath = await import('./packages/core/src/index.ts')
    const { resolve } = import.meta
    console.log(byName === byPath, resolve('@altostack/core'), resolve('./packages/core/src/json.ts'), resolve('zod'))
    console.log(Object.keys((await import('@altostack/agent-api')).methods).length > 10)`
  assert.equal(printed(true, body), printed(false, body))
  assert.match(printed(true, body), /^true file:.*\ntrue\n$/)
})

test('a file that is not there is named', () => {
  assert.throws(() => printed(true, "await import('./packages/core/src/nothing.ts')"), /nothing\.ts/)
})

test('the index of each package is where it is looked for', () => {
  for (const path of globSync('packages/*/package.json', { cwd: root })) {
    const { name, exports } = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      readonly name: string
      readonly exports?: Readonly<Record<string, string>>
    }
    if (exports !== undefined)
      assert.deepEqual(
        [`packages/${name.slice('@altostack/'.length)}/package.json`, exports['.']],
        [path, './src/index.ts'],
      )
  }
})

test('the packages that are taken for ES modules throughout are', () => {
  for (const name of ['kysely', 'zod']) {
    const types = globSync(`node_modules/${name}/**/package.json`, { cwd: root }).map(
      (path) => (JSON.parse(readFileSync(join(root, path), 'utf8')) as { readonly type?: string }).type,
    )
    assert.deepEqual([name, ...new Set(types)], [name, 'module'])
  }
})
