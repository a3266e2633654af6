import type { DomainReport } from '@altostack/agent-api'
import { DomainPausedReason, type DomainRef, DomainState, isLibvirtError, type LibvirtClient } from '@altostack/libvirt'
import type { HostContext } from '../host-context.ts'
import { knownGeneration } from '../journal/tokens.ts'
import { reasonWord, stateWord } from '../libvirt/words.ts'
import { readMark } from '../xml/metadata.ts'
import { parseXml } from '../xml/parse-xml.ts'

/** One domain as servers hear of it; undefined when it has just gone. */
export async function domainReport(context: HostContext, domain: DomainRef): Promise<DomainReport | undefined> {
  return await context.libvirt.use(async (client) => {
    try {
      const [{ state, reason }, xml] = await Promise.all([
        client.domain.getState(domain),
        client.domain.getXmlDesc(domain),
      ])
      return {
        instanceName: domain.name,
        uuid: domain.uuid,
        power: powerOf(state),
        state: stateWord(state),
        reason: reasonWord(state, reason),
        generation: generationOf(context, domain, xml),
        migrating: await migrationOf(client, domain, state, reason),
      }
    } catch (error) {
      if (isLibvirtError(error, 'NO_DOMAIN')) return undefined
      throw error
    }
  })
}

/** Every domain of the host, foreign ones too (generation 0). */
export async function domainReports(context: HostContext): Promise<DomainReport[]> {
  const domains = await context.libvirt.use((client) => client.host.listAllDomains())
  const reports = await Promise.all(domains.map((domain) => domainReport(context, domain)))
  return reports.filter((report) => report !== undefined)
}

/** The report of a domain that has ended. */
export function goneReport(context: HostContext, domain: DomainRef, reason: string): DomainReport {
  return {
    instanceName: domain.name,
    uuid: domain.uuid,
    power: 'PowerOff',
    state: 'shutoff',
    reason,
    generation: knownGeneration(context.database, domain.name, domain.uuid) ?? 0,
    migrating: 'none',
  }
}

function powerOf(state: number): DomainReport['power'] {
  if (state === DomainState.NOSTATE) return 'PowerUnknown'
  return state === DomainState.SHUTOFF || state === DomainState.CRASHED ? 'PowerOff' : 'PowerOn'
}

/** The disk of the agent is the truth; the guest's own mark stands in when the disk was lost. */
function generationOf(context: HostContext, domain: DomainRef, xml: string): number {
  const mark = readMark(parseXml(xml))
  if (mark === undefined || mark.installation !== context.identity().installation) return 0
  return knownGeneration(context.database, domain.name, domain.uuid) ?? mark.generation
}

async function migrationOf(
  client: LibvirtClient,
  domain: DomainRef,
  state: number,
  reason: number,
): Promise<DomainReport['migrating']> {
  if (state === DomainState.PAUSED && reason === DomainPausedReason.MIGRATION) {
    const { type, stats } = await client.domain.getJobStats(domain)
    // The target of a migration has no statistics of its own; the source counts the memory that it sends.
    return type === 'none' || stats.memory_total === undefined ? 'incoming' : 'outgoing'
  }
  if (state !== DomainState.RUNNING && state !== DomainState.PAUSED) return 'none'
  const { type } = await client.domain.getJobStats(domain)
  return type === 'unbounded' ? 'outgoing' : 'none'
}
