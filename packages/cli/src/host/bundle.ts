import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Client } from '@altostack/api'
import { must } from '../run.ts'
import type { FoundHost } from './find-hosts.ts'

/** Writes what getHostBundle answers for each host as one .tar.gz; a directory a host. */
export async function writeBundle(
  client: Client,
  hosts: readonly FoundHost[],
  file: string,
): Promise<{ files: number; bytes: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'alto-bundle-'))
  let files = 0
  try {
    for (const host of hosts) {
      const bundle = await client.get('getHostBundle', { id: host.id })
      for (const one of (bundle.file ?? []) as readonly { name: string; content: string }[]) {
        // Names are the server's, but a path is made of them here.
        const name = one.name.replace(/[^A-Za-z0-9._-]/g, '_')
        const path = join(dir, host.name.replace(/[^A-Za-z0-9._-]/g, '_'), name)
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, one.content, { mode: 0o600 })
        files++
      }
    }
    const target = resolve(file)
    await must(['tar', '-czf', target, '-C', dir, '.'])
    return { files, bytes: statSync(target).size }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
