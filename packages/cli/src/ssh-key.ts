import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataDir } from './instance.ts'

/** `alto ssh-key`: the public half of the key with which addHost logs in where no password is given. */
export async function runSshKey(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { 'data-dir': { type: 'string' } } })
  const dataDir = values['data-dir'] ?? defaultDataDir()
  const file = join(dataDir, 'server', 'ssh', 'id_ed25519.pub')
  if (!existsSync(file)) {
    throw Object.assign(new Error('The server has no SSH key yet'), {
      code: 'cli.ssh-key',
      seen: file,
      fix: 'Start the server once.',
    })
  }
  process.stdout.write(readFileSync(file, 'utf8'))
  return 0
}
