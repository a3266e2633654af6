import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Bug } from '@altostack/core'
import { settingPurpose } from '../../config/config.ts'
import type { ServerContext } from '../../context.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { transact } from '../../db/transaction.ts'

const privateName = 'ssh.privatekey'
const publicName = 'ssh.publickey'

export type ServerKey = {
  /** OpenSSH private key, unencrypted. */
  readonly privateKey: string
  /** One line for authorized_keys. */
  readonly publicKey: string
}

/** The server's own Ed25519 key for logging in to hosts, made at first use; one for all servers of a database. */
export async function serverKey(ctx: ServerContext): Promise<ServerKey> {
  const stored = await readKey(ctx)
  if (stored !== undefined) return stored
  // Loaded here: the key is made once a cloud, and ssh2 is 30 modules.
  const { generateSshKey } = await import('./generate-key.ts')
  const pair = generateSshKey('altostack')
  const made = { privateKey: pair.private, publicKey: pair.public.trim() }
  try {
    await transact(ctx, async (tx) => {
      const base = { category: 'Hidden', component: 'hosts', updated: ctx.runtime.now() }
      const sealed = ctx.secrets.seal(settingPurpose(privateName), made.privateKey)
      await tx
        .insertInto('configuration')
        .values([
          { ...base, name: privateName, value: sealed, encrypted: 1 },
          { ...base, name: publicName, value: made.publicKey, encrypted: 0 },
        ])
        .execute()
    })
    return made
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
  }
  const theirs = await readKey(ctx)
  if (theirs === undefined) throw new Bug('the SSH key of the server is neither stored nor storable')
  return theirs
}

/** Writes the public half to `<dataDir>/ssh/id_ed25519.pub`, where `alto ssh-key` reads it. At each start. */
export async function publishServerKey(ctx: ServerContext): Promise<void> {
  const directory = join(ctx.dataDir, 'ssh')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'id_ed25519.pub'), `${await serverPublicKey(ctx)}\n`, { mode: 0o644 })
}

/** What `alto ssh-key` prints: the line for authorized_keys on hosts. */
export async function serverPublicKey(ctx: ServerContext): Promise<string> {
  return (await serverKey(ctx)).publicKey
}

async function readKey(ctx: ServerContext): Promise<ServerKey | undefined> {
  const rows = await ctx.db
    .selectFrom('configuration')
    .select(['name', 'value'])
    .where('name', 'in', [privateName, publicName])
    .execute()
  const sealed = rows.find((row) => row.name === privateName)?.value
  const publicKey = rows.find((row) => row.name === publicName)?.value
  if (!sealed || !publicKey) return undefined
  return { privateKey: ctx.secrets.open(settingPurpose(privateName), sealed), publicKey }
}
