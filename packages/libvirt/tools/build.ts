/**
 * Makes dist/: the package as others install it, JavaScript with declarations, because Node strips no types under
 * node_modules. Publish with `npm publish ./dist`; the package.json here is private so that its sources are not.
 *
 *   node packages/libvirt/tools/build.ts [directory, default packages/libvirt/dist]
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Builds into `out`, which is emptied first. */
export function build(out: string): void {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const tsc = join(root, '..', '..', 'node_modules', '.bin', 'tsc')
  execFileSync(tsc, ['-p', join(root, 'tsconfig.build.json'), '--outDir', out], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  const { private: _private, scripts: _scripts, exports: _exports, ...kept } = own
  const entry = { types: './index.d.ts', default: './index.js' }
  const published = { ...kept, exports: { '.': entry }, types: './index.d.ts', publishConfig: { access: 'public' } }
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  for (const file of ['README.md', 'LICENSE']) copyFileSync(join(root, file), join(out, file))
}

if (import.meta.main) build(resolve(process.argv[2] ?? join(root, 'dist')))
