/**
 * Builds the console into dist/, unless what it is made of has not changed since the last build: its own sources, those
 * of the packages it imports, and the lockfile. Prints one line. `--force` builds anyway.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const repository = join(root, '../..')
const dist = join(root, 'dist')
const stampFile = join(dist, '.stamp')

const stamp = contentStamp()
if (!process.argv.includes('--force') && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
  process.stdout.write('console: built already\n')
} else {
  const started = performance.now()
  // Built beside and moved into place: a server that runs finds the old files or the new ones.
  const fresh = join(root, `dist.${process.pid}`)
  const { build } = await import('vite')
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: fresh } })
  compressAll(fresh)
  writeFileSync(join(fresh, '.stamp'), stamp)
  replaceDist(fresh)
  process.stdout.write(`console: built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
}

function contentStamp(): string {
  const hash = createHash('sha256')
  const files = globSync(
    [
      'packages/console/{src,public}/**/*.*',
      'packages/console/{index.html,vite.config.ts,package.json,tools/build.ts}',
      'packages/{core,api}/src/**/*.ts',
      'package-lock.json',
    ],
    { cwd: repository },
  ).sort()
  for (const file of files) {
    const content = readFileSync(join(repository, file))
    hash.update(`${relative('.', file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** The server sends a file's .gz where the browser takes it. */
function compressAll(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:js|css|svg|json)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
  }
}

/** Two builds at once both end with a whole dist. */
function replaceDist(fresh: string): void {
  mkdirSync(dist, { recursive: true })
  const old = join(root, `dist.old.${process.pid}`)
  renameSync(dist, old)
  try {
    renameSync(fresh, dist)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY' && (error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw error
    rmSync(fresh, { recursive: true, force: true })
  }
  rmSync(old, { recursive: true, force: true })
}
