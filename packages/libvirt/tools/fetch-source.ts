import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const sourcesDir = '/etc/apt/sources.list.d'

/** The machine's own apt sources, as deb-src: the mirror is whatever the machine uses. */
function sourceEntries(): { deb822: string; list: string } {
  const files = readdirSync(sourcesDir)
  const read = (ending: string): string =>
    files
      .filter((file) => file.endsWith(ending))
      .map((file) => readFileSync(join(sourcesDir, file), 'utf8'))
      .join('\n')
  let list = read('.list')
  try {
    list += readFileSync('/etc/apt/sources.list', 'utf8')
  } catch {
    // Newer images carry only deb822 files.
  }
  return {
    deb822: read('.sources').replace(/^Types:.*$/gm, 'Types: deb-src'),
    list: list.replace(/^deb /gm, 'deb-src '),
  }
}

/**
 * Downloads and unpacks Debian's libvirt source package into a new temporary directory, with an apt configuration of its
 * own: the machine's sources and lists stay as they are. Returns the unpacked tree and the package's version.
 */
export function fetchLibvirtSource(): { dir: string; version: string } {
  const work = mkdtempSync(join(tmpdir(), 'libvirt-source-'))
  for (const dir of ['parts', 'lists/partial', 'cache/archives/partial'])
    mkdirSync(join(work, dir), { recursive: true })
  const entries = sourceEntries()
  writeFileSync(join(work, 'parts', 'source.sources'), entries.deb822)
  writeFileSync(join(work, 'parts', 'source.list'), entries.list)
  const options = ['Dir::Etc::sourcelist=/dev/null', `Dir::Etc::sourceparts=${work}/parts`]
  options.push(`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}/cache`)
  const apt = options.flatMap((option) => ['-o', option])
  const run = (program: string, args: string[]): void => {
    execFileSync(program, args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  run('apt-get', [...apt, '-qq', 'update'])
  run('apt-get', [...apt, '-qq', 'source', '--download-only', 'libvirt'])
  const files = readdirSync(work)
  const tarball = files.find((file) => /^libvirt_.*\.orig\.tar\.\w+$/.test(file))
  const dsc = files.find((file) => file.endsWith('.dsc'))
  if (!tarball || !dsc) throw new Error(`apt-get source left no libvirt tarball in ${work}`)
  run('tar', ['xf', tarball])
  const tree = readdirSync(work).find((file) => /^libvirt-\d/.test(file))
  if (!tree) throw new Error(`${tarball} holds no libvirt tree`)
  return { dir: join(work, tree), version: dsc.slice('libvirt_'.length, -'.dsc'.length) }
}
