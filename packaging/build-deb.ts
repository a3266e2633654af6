import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { buildExecutable } from './single-executable.ts'

const root = join(import.meta.dirname, '..')
const sources = [
  'packages/core/src',
  'packages/agent-api/src',
  'packages/libvirt/src',
  'packages/agent/src',
  'packaging',
]
/** 2026-01-01: files of the package all have this time, so that equal sources give equal bytes. */
const epochSeconds = 1767225600

export type DebOptions = {
  /** Directory that receives the package. */
  readonly out: string
  /** Directory of packages by source hash; a package that is there is not built again. */
  readonly cache?: string | undefined
}

/** Builds `altostack-agent_<version>_<arch>.deb`; answers its path. */
export async function buildDeb(options: DebOptions): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/agent/package.json'), 'utf8')) as { version: string }
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
  const name = `altostack-agent_${version}_${architecture}.deb`
  mkdirSync(options.out, { recursive: true })
  const target = join(options.out, name)
  const cached = options.cache === undefined ? undefined : join(options.cache, `${sourceHash()}-${name}`)
  if (cached === undefined || !existsSync(cached)) {
    const work = mkdtempSync(join(tmpdir(), 'altostack-deb-'))
    try {
      const made = await makePackage(work, version, architecture)
      if (cached === undefined) {
        moveFile(made, target)
        return target
      }
      mkdirSync(dirname(cached), { recursive: true })
      moveFile(made, cached)
    } finally {
      rmSync(work, { recursive: true })
    }
  }
  moveFile(cached, target, true)
  return target
}

/** The Node of the lockfile: the one that runs this build must be it, because its bytes go into the package. */
function nodePath(): string {
  const own = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin/node')
  return existsSync(own) ? own : process.execPath
}

function sourceHash(): string {
  const hash = createHash('sha256').update(execFileSync(nodePath(), ['--version']))
  hash.update(readFileSync(join(root, 'package-lock.json')))
  for (const file of sources.flatMap((directory) => filesOf(join(root, directory))).toSorted()) {
    if (file.endsWith('.test.ts')) continue
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 24)
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function makePackage(work: string, version: string, architecture: string): Promise<string> {
  const tree = join(work, 'tree')
  const bundle = join(work, 'agent.cjs')
  await build({
    entryPoints: [join(root, 'packages/agent/src/main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    legalComments: 'none',
    define: { 'process.env.ALTOSTACK_AGENT_VERSION': JSON.stringify(version) },
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'error',
  })
  const binary = join(tree, 'usr/bin/altostack-agent')
  mkdirSync(dirname(binary), { recursive: true })
  buildExecutable({ node: nodePath(), bundle, workDir: work, output: binary })
  const asset = (file: string): string => join(import.meta.dirname, 'agent', file)
  install(asset('altostack-agent.service'), join(tree, 'lib/systemd/system/altostack-agent.service'), 0o644)
  install(asset('agent.properties'), join(tree, 'etc/cloudstack/agent/agent.properties'), 0o640)
  install(asset('logrotate'), join(tree, 'etc/logrotate.d/altostack-agent'), 0o644)
  install(join(root, 'LICENSE'), join(tree, 'usr/share/doc/altostack-agent/copyright'), 0o644)
  symlinkSync('altostack-agent', join(tree, 'usr/bin/cloudstack-agent'))
  for (const directory of ['var/log/cloudstack/agent', 'var/lib/altostack/agent']) {
    mkdirSync(join(tree, directory), { recursive: true, mode: 0o755 })
  }
  const control = join(tree, 'DEBIAN')
  mkdirSync(control, { recursive: true })
  for (const script of ['postinst', 'prerm', 'postrm']) install(asset(script), join(control, script), 0o755)
  const sizeKiB = Math.ceil(filesOf(tree).reduce((sum, file) => sum + statSync(file).size, 0) / 1024)
  writeFileSync(
    join(control, 'conffiles'),
    '/etc/cloudstack/agent/agent.properties\n/etc/logrotate.d/altostack-agent\n',
  )
  writeFileSync(join(control, 'control'), controlFile(version, architecture, sizeKiB))
  settleTimes(tree)
  const made = join(work, 'made.deb')
  // zstd with one thread: small enough, quick, and the same bytes every time.
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z6', '--threads-max=1', '--build', tree, made], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) },
  })
  return made
}

function controlFile(version: string, architecture: string, sizeKiB: number): string {
  const qemu = architecture === 'arm64' ? 'qemu-system-arm' : 'qemu-system-x86'
  return `Package: altostack-agent
Version: ${version}
Architecture: ${architecture}
Maintainer: Altostack <packages@altostack.dev>
Installed-Size: ${sizeKiB}
Section: admin
Priority: optional
Depends: libc6 (>= 2.28), libstdc++6, libvirt-daemon-system, ${qemu}, qemu-utils, genisoimage, dnsmasq-base, nftables, iproute2, util-linux
Recommends: logrotate
Provides: cloudstack-agent
Conflicts: cloudstack-agent
Description: Altostack KVM host agent
 Runs on each KVM host of an Altostack cloud: starts, stops and moves guests
 through libvirt, keeps volumes and templates on primary storage and reports
 to the management servers on port 8250.
`
}

function install(from: string, to: string, mode: number): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
  chmodSync(to, mode)
}

function settleTimes(tree: string): void {
  for (const entry of readdirSync(tree, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) chmodSync(path, 0o755)
    if (entry.isSymbolicLink()) lutimesSync(path, epochSeconds, epochSeconds)
    else utimesSync(path, epochSeconds, epochSeconds)
  }
}

/** Into place by rename, across file systems too. */
function moveFile(from: string, to: string, keep = false): void {
  const beside = `${to}.new`
  copyFileSync(from, beside)
  renameSync(beside, to)
  if (!keep) rmSync(from)
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: '.' }, cache: { type: 'string' } } })
  const path = await buildDeb(values)
  process.stdout.write(`${path}\n`)
}
