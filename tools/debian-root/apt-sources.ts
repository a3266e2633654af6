import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One Debian repository as apt is told of it. */
export interface AptSource {
  readonly uri: string
  readonly suite: string
  readonly components: readonly string[]
  readonly signedBy: string | undefined
}

/**
 * The machine's own Debian sources for `codename` (its release, updates and security), from one-line and deb822 files
 * under `aptDir`. Sources of other vendors are left out: a tree made from Debian must not depend on them.
 */
export async function debianSources(codename: string, aptDir = '/etc/apt'): Promise<readonly AptSource[]> {
  const files: string[] = []
  const list = join(aptDir, 'sources.list')
  if (existsSync(list)) files.push(list)
  const parts = join(aptDir, 'sources.list.d')
  if (existsSync(parts)) for (const name of (await readdir(parts)).sort()) files.push(join(parts, name))
  const found: AptSource[] = []
  for (const file of files) {
    if (file.endsWith('.list')) found.push(...parseOneLine(await readFile(file, 'utf8')))
    else if (file.endsWith('.sources')) found.push(...parseDeb822(await readFile(file, 'utf8')))
  }
  const suites = [codename, `${codename}-updates`, `${codename}-security`, `${codename}/updates`]
  const ours = found.filter((source) => suites.includes(source.suite) && source.components.includes('main'))
  if (!ours.some((source) => source.suite === codename)) {
    throw new Error(
      `No apt source of this machine offers Debian ${codename} main (looked in ${files.join(', ') || aptDir}). ` +
        'Fix: add a Debian mirror to /etc/apt/sources.list.d.',
    )
  }
  return ours
}

/** Reads one-line sources: `deb [signed-by=…] URI suite component…`. */
export function parseOneLine(text: string): AptSource[] {
  const sources: AptSource[] = []
  for (const raw of text.split('\n')) {
    const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(raw.replace(/#.*/, '').trim())
    if (!match) continue
    const [, options, uri, suite, components] = match
    const signedBy = /signed-by=(\S+)/i.exec(options ?? '')?.[1]
    sources.push({ uri: uri!, suite: suite!, components: components!.trim().split(/\s+/), signedBy })
  }
  return sources
}

/** Reads deb822 sources; one stanza may name several URIs and suites. */
export function parseDeb822(text: string): AptSource[] {
  const sources: AptSource[] = []
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>()
    let last = ''
    for (const line of stanza.split('\n')) {
      if (line.startsWith('#')) continue
      const match = /^([A-Za-z-]+):\s*(.*)$/.exec(line)
      if (match) {
        last = match[1]!.toLowerCase()
        fields.set(last, match[2]!.trim())
      } else if (last && /^\s/.test(line)) {
        fields.set(last, `${fields.get(last)}\n${line.trim()}`.trim())
      }
    }
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter(Boolean)
    if (!words('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') continue
    const signed = fields.get('signed-by')
    // A key that stands in the file itself cannot be passed on as a path; the archive keyring does instead.
    const signedBy = signed?.startsWith('/') ? signed.split(/\s+/)[0] : undefined
    for (const uri of words('uris')) {
      for (const suite of words('suites')) sources.push({ uri, suite, components: words('components'), signedBy })
    }
  }
  return sources
}

/** The source as a line of sources.list. */
export function sourceLine(source: AptSource): string {
  const option = source.signedBy ? `[signed-by=${source.signedBy}] ` : ''
  return `deb ${option}${source.uri} ${source.suite} ${source.components.join(' ')}`
}
