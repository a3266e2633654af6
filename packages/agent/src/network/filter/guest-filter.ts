import { readFileSync, writeFileSync } from 'node:fs'
import { agentFailure, errorText, type Runtime } from '@altostack/core'
import { keyedLock } from '../../keyed-lock.ts'
import type { Log } from '../../log.ts'
import { run } from '../../process.ts'
import { type FilterInput, guestTables, type Tracking } from './guest-tables.ts'
import { changeScript, type RuleTable, removeScript, replaceScript } from './rule-table.ts'

export type FilterState = Omit<FilterInput, 'shortId' | 'tracking'>
/** The nftables rules of this host's guests. All calls wait for each other. */
export type GuestFilter = {
  /** Makes the rules so, by the smallest change of what they were. Answers the commands given, -1: all. Throws `network.filter`. */
  readonly apply: (state: FilterState) => Promise<{ readonly commands: number }>
  /** Compares the kernel's rules with what was applied last and puts them right; true when they had drifted. */
  readonly verify: () => Promise<boolean>
  readonly tracking: () => Promise<Tracking>
}

type Tables = { readonly bridge: RuleTable; readonly inet: RuleTable }

export function openGuestFilter(options: {
  readonly runtime: Runtime
  readonly log: Log
  readonly shortId: () => string
}): GuestFilter {
  const { runtime, log } = options
  const lock = keyedLock()
  const nft = async (input: string): Promise<string> =>
    (await run('nft', ['-f', '-'], { runtime, timeoutMs: 60_000, input })).stdout
  let known: Tracking | undefined
  /** What the kernel has; undefined: not known, the tables are made anew. */
  let applied: Tables | undefined
  /** The kernel's own words for it, once they were read. */
  let listed: string | undefined

  async function tracking(): Promise<Tracking> {
    known ??= await probeTracking(runtime)
    return known
  }

  async function list({ bridge }: Tables): Promise<string> {
    const texts: string[] = []
    for (const family of ['bridge', 'inet']) {
      const { code, stdout } = await run('nft', ['-s', 'list', 'table', family, bridge.name], {
        runtime,
        timeoutMs: 60_000,
        accept: [0, 1],
      })
      texts.push(code === 0 ? stdout : 'no table')
    }
    return texts.join('\n')
  }

  async function makeAnew(tables: Tables): Promise<void> {
    await nft(replaceScript(tables.bridge) + replaceScript(tables.inet))
  }

  async function put(tables: Tables): Promise<number> {
    if (tables.bridge.sets.taps?.elements.length === 0 && tables.bridge.sets.service?.elements.length === 0) {
      if (applied !== undefined || (await list(tables)) !== 'no table\nno table') {
        await nft(removeScript(tables.bridge) + removeScript(tables.inet))
      }
      applied = undefined
      listed = undefined
      return 0
    }
    if (applied !== undefined) {
      const script = changeScript(applied.bridge, tables.bridge) + changeScript(applied.inet, tables.inet)
      if (script === '') return 0
      try {
        await nft(script)
        applied = tables
        return script.split('\n').length - 1
      } catch (error) {
        log.warn({ error: errorText(error) }, 'rules of guests are not as they were left; they are made anew')
      }
    }
    await makeAnew(tables)
    applied = tables
    return -1
  }

  return {
    tracking,
    apply: (state) =>
      lock('nft', async () => {
        const how = await tracking()
        const tables = guestTables({ ...state, shortId: tableId(options.shortId()), tracking: how })
        try {
          if (how === 'br_netfilter' && tables.bridge.sets.guarded?.elements.length !== 0) seeBridgedPackets()
          const commands = await put(tables)
          if (commands !== 0) listed = undefined
          return { commands }
        } catch (error) {
          applied = undefined
          listed = undefined
          throw agentFailure('network.filter', 'The rules of guests could not be set', {
            seen: errorText(error),
            cause: error,
          })
        }
      }),
    verify: () =>
      lock('nft', async () => {
        if (applied === undefined) return false
        const now = await list(applied)
        const first = listed === undefined
        const before = listed ?? now
        listed = now
        // The first look after a change has nothing to compare with but that both tables are whole.
        if (first ? sound(now, applied) : before === now) return false
        await makeAnew(applied)
        listed = await list(applied)
        log.warn('rules of guests were changed by somebody else; they are as they must be again')
        return true
      }),
  }
}

/** Whether a listing has every chain and set of the tables, and as many rules. */
function sound(text: string, tables: Tables): boolean {
  return [tables.bridge, tables.inet].every((table) => {
    const part = text.split(/^(?=table )/m).find((one) => one.startsWith(`table ${table.family} `)) ?? ''
    const chains = [...part.matchAll(/^\tchain (\S+) \{\n((?:\t\t.*\n)*)/gm)]
    return (
      chains.length === Object.keys(table.chains).length &&
      chains.every(([, name = '', body = '']) => {
        const chain = table.chains[name]
        const rules = body.split('\n').filter((line) => line.trim() !== '' && !/^\t\ttype /.test(line))
        return chain !== undefined && rules.length === chain.rules.length
      })
    )
  })
}

function tableId(shortId: string): string {
  return shortId.replace(/[^0-9a-f]/g, '')
}

/** nft's check mode asks the kernel, which refuses connection tracking between ports where it lacks it. */
async function probeTracking(runtime: Runtime): Promise<Tracking> {
  const table = 'bridge alto_probe'
  const input = `add table ${table}\nadd chain ${table} c\nadd rule ${table} c ct state new accept\n`
  const { code } = await run('nft', ['-c', '-f', '-'], { runtime, timeoutMs: 10_000, input, accept: [0, 1] })
  return code === 0 ? 'bridge' : 'br_netfilter'
}

const switchFile = '/proc/sys/net/bridge/bridge-nf-call-iptables'

/** Has packets between ports of a bridge seen by the inet tables too. Throws where the kernel has neither way. */
function seeBridgedPackets(): void {
  let now: string
  try {
    now = readFileSync(switchFile, 'utf8').trim()
  } catch (error) {
    throw new Error(`this kernel follows no connections on bridges: modprobe br_netfilter (${errorText(error)})`, {
      cause: error,
    })
  }
  if (now !== '1') writeFileSync(switchFile, '1\n')
}
