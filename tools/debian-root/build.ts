import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { inScratchDirectory } from '../scratch-directory.ts'
import { debianSources, sourceLine } from './apt-sources.ts'
import { run } from './run.ts'

/** Debian packages whose programs the build runs; the caller installs them. */
export const debianRootPackages = ['mmdebstrap', 'debootstrap', 'debian-archive-keyring', 'apt', 'dpkg'] as const

export interface DebianRootOptions {
  /** Directory to make; it must not exist. It appears only when the tree is complete. */
  readonly out: string
  /** Packages beyond the variant's own. */
  readonly packages: readonly string[]
  /** `minbase` (default): essential packages and apt. */
  readonly variant?: 'minbase' | 'essential' | 'standard'
  /** Default: the release of this machine (/etc/os-release). */
  readonly codename?: string
  /** `mmdebstrap` (default, fast) or `debootstrap` (what an administrator would type). */
  readonly tool?: 'mmdebstrap' | 'debootstrap'
  /** Leaves out documentation and translations: a third of the size. */
  readonly small?: boolean
  /** Takes over the machine's certificates, so that clients in the tree trust what this machine trusts. */
  readonly certificates?: boolean
  readonly onLine?: (line: string) => void
}

const certificateBundle = '/etc/ssl/certs/ca-certificates.crt'

/**
 * Makes a Debian tree. Mirror, proxy and certificate settings come from this machine's apt; nothing is written down here.
 * Needs root. Throws, naming the program and its last words, when a package or the mirror cannot be had.
 */
export async function buildDebianRoot(options: DebianRootOptions): Promise<void> {
  const out = resolve(options.out)
  if (existsSync(out)) throw new Error(`${out} exists already. Fix: remove it, or give another directory.`)
  const codename = options.codename ?? (await ownCodename())
  const parent = dirname(out)
  await mkdir(parent, { recursive: true })
  await inScratchDirectory(parent, 'debian-root', async (work) => {
    const tree = join(work, 'tree')
    if (options.tool === 'debootstrap') await runDebootstrap(options, codename, tree)
    else await runMmdebstrap(options, codename, tree)
    if (options.certificates && existsSync(certificateBundle)) {
      await mkdir(join(tree, dirname(certificateBundle)), { recursive: true })
      await copyFile(certificateBundle, join(tree, certificateBundle))
    }
    await rename(tree, out)
  })
}

async function runMmdebstrap(options: DebianRootOptions, codename: string, tree: string): Promise<void> {
  const sources = await debianSources(codename)
  const argv: [string, ...string[]] = ['mmdebstrap', '--mode=root', `--variant=${options.variant ?? 'minbase'}`]
  argv.push('--aptopt=APT::Install-Recommends "false"')
  for (const setting of await aptAcquireSettings()) argv.push(`--aptopt=${setting}`)
  if (options.small) for (const path of unwantedPaths) argv.push(`--dpkgopt=path-exclude=${path}`)
  if (options.packages.length > 0) argv.push(`--include=${options.packages.join(',')}`)
  argv.push(codename, tree, ...sources.map(sourceLine))
  await run(argv, options.onLine ? { onLine: options.onLine } : {})
}

async function runDebootstrap(options: DebianRootOptions, codename: string, tree: string): Promise<void> {
  const sources = await debianSources(codename)
  const base = sources.find((source) => source.suite === codename)!
  const argv: [string, ...string[]] = ['debootstrap']
  if ((options.variant ?? 'minbase') === 'minbase') argv.push('--variant=minbase')
  if (options.packages.length > 0) argv.push(`--include=${options.packages.join(',')}`)
  if (base.signedBy) argv.push(`--keyring=${base.signedBy}`)
  argv.push(codename, tree, base.uri)
  await run(argv, options.onLine ? { onLine: options.onLine } : {})
  await writeFile(join(tree, 'etc/apt/sources.list'), `${sources.map(sourceLine).join('\n')}\n`)
  const settings = await aptAcquireSettings()
  if (settings.length > 0) {
    await writeFile(join(tree, 'etc/apt/apt.conf.d/90machine'), settings.map((line) => `${line};\n`).join(''))
  }
}

const unwantedPaths = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'] as const

/** Proxy and certificate settings of the machine's apt, as lines of apt.conf without the semicolon. */
async function aptAcquireSettings(): Promise<readonly string[]> {
  const { stdout } = await run(['apt-config', 'dump', '--format', '%f "%v"%n', 'Acquire'])
  const wanted = /^Acquire::(?:http|https|ftp)(?:::\S+)?::?(?:Proxy|CAInfo|SslCert|SslKey|Verify-Peer|Verify-Host)\b/i
  return stdout
    .toString()
    .split('\n')
    .filter((line) => wanted.test(line) && !line.endsWith('""'))
}

async function ownCodename(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1]
  if (!codename || !/^ID=debian$/m.test(text)) {
    throw new Error('This machine does not run Debian. Fix: run it on Debian 12, or in a Debian container.')
  }
  return codename
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      include: { type: 'string' },
      tool: { type: 'string' },
      small: { type: 'boolean' },
      certificates: { type: 'boolean' },
    },
  })
  const out = positionals[0]
  if (!out || (values.tool && values.tool !== 'mmdebstrap' && values.tool !== 'debootstrap')) {
    console.error(
      'usage: node tools/debian-root/build.ts DIR [--include a,b] [--tool mmdebstrap|debootstrap] [--small] [--certificates]',
    )
    process.exitCode = 2
  } else {
    const started = performance.now()
    await buildDebianRoot({
      out,
      packages: values.include?.split(',') ?? [],
      tool: values.tool === 'debootstrap' ? 'debootstrap' : 'mmdebstrap',
      small: values.small ?? false,
      certificates: values.certificates ?? false,
      onLine: (line) => console.error(line),
    })
    console.log(`${resolve(out)}  ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
}
