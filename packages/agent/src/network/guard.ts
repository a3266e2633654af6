import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { guardRules, guardTable, unguardRules } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import type { HostContext } from '../host-context.ts'
import { run } from '../process.ts'
import { readValue, writeValue } from '../state-database.ts'

export type Guard = {
  readonly friends: readonly string[]
  readonly servers: readonly string[]
  /** Absent in what an earlier version has kept. */
  readonly peers?: readonly string[]
}
const key = 'guard'

/** Writes the table and keeps what it says, so that it comes back after a boot; undefined takes it away for good. */
export async function setGuard(context: HostContext, guard: Guard | undefined): Promise<void> {
  writeValue(context.database, key, guard === undefined ? '' : JSON.stringify(guard))
  await apply(context, guard)
  const { hostUuid } = context.identity()
  context.log.info({ table: guardTable(hostUuid), friends: guard?.friends ?? null }, 'guard of the ports')
}

/** At the agent's start: nftables forgets at a boot. The guard never keeps an agent from starting. */
export async function resumeGuard(context: HostContext): Promise<void> {
  const kept = readValue(context.database, key)
  if (kept === undefined || kept === '') return
  await apply(context, JSON.parse(kept) as Guard).catch((error: unknown) =>
    context.log.error({ error: errorText(error) }, 'the guard of the ports could not be written'),
  )
}

async function apply({ runtime, identity }: HostContext, guard: Guard | undefined): Promise<void> {
  const { hostUuid } = identity()
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
  const addresses = (all: readonly string[] = []): string[] => all.filter((address) => isIP(address) !== 0)
  const input =
    guard === undefined
      ? unguardRules(hostUuid)
      : guardRules(hostUuid, {
          friends: addresses(guard.friends),
          peers: addresses(guard.peers),
          isServer: guard.servers.some((server) => own.includes(server)),
        })
  await run('nft', ['-f', '-'], { runtime, timeoutMs: 10_000, input })
}
