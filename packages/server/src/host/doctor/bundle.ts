import { redact } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import type { ServerContext } from '../../context.ts'
import type { Row } from '../../db/database.ts'
import { plainSettings, recordsOfHost } from '../bundle.repository.ts'
import { hostDetails } from '../diagnosis.repository.ts'
import { diagnoseBy, type Look, lookAt } from './diagnose.ts'

export type BundleFile = { readonly name: string; readonly content: string }

/** Everything that support needs to see of a host, without secrets: from the host as far as it is reached, and from here. */
export async function gatherBundle(ctx: ServerContext, host: Row<'host'>): Promise<BundleFile[]> {
  const look = await lookAt(ctx, host)
  try {
    const [checks, parts] = await Promise.all([diagnoseBy(ctx, look, [], 9000), partsOf(ctx, look)])
    const { feed, events } = await recordsOfHost(ctx.db, host)
    const { facts, ...row } = host
    const files: BundleFile[] = [
      json('checks.json', checks),
      json('host.json', { ...row, details: Object.fromEntries(await hostDetails(ctx.db, host.id)) }),
      { name: 'facts.json', content: facts ?? '{}' },
      json('feed.json', feed),
      json('events.json', events),
      json('settings.json', Object.fromEntries((await plainSettings(ctx.db)).map(({ name, value }) => [name, value]))),
      ...parts,
    ]
    // Once more, whatever a part was made by.
    return files.map(({ name, content }) => ({ name, content: redact(content) }))
  } finally {
    look.close()
  }
}

async function partsOf(ctx: ServerContext, look: Look): Promise<BundleFile[]> {
  const troubles: string[] = []
  for (const way of [look.agent, look.ssh]) {
    if (way === undefined) continue
    try {
      return await way.collect(look.subject)
    } catch (error) {
      troubles.push(`${way.by}: ${errorText(error)}`)
      ctx.log.info({ by: way.by, error: errorText(error) }, 'a bundle could not be gathered by this way')
    }
  }
  return [{ name: 'not-reached.txt', content: `Nothing could be gathered on the host. ${troubles.join('; ')}` }]
}

function json(name: string, value: unknown): BundleFile {
  return { name, content: `${JSON.stringify(value, null, 2)}\n` }
}
