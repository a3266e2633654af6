import type { importUnmanagedInstance } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import type { ChangeCall } from '../command/handler.ts'
import type { Queries } from '../db/database.ts'
import { requireHostName } from '../vm/index.ts'
import type { ImportWish } from './import-rows.ts'

type Call = ChangeCall<typeof importUnmanagedInstance>

/** The request with every name resolved; throws 431 for what does not exist, before any host is asked. */
export async function readImportWish({ tx, caller, input, entities }: Call): Promise<ImportWish> {
  const { serviceofferingid: offering, templateid: template, domainid: domain } = entities
  if ((input.account === undefined) !== (domain === undefined)) {
    throw apiFailure('api.parameter', 'account and domainid go together')
  }
  const details = Object.assign({}, ...(input.details ?? [])) as Record<string, string>
  return {
    clusterId: entities.clusterid.id,
    name: input.name,
    displayName: input.displayname ?? input.name,
    hostName: requireHostName(input.hostname ?? hostNameOf(input.name)),
    accountId: domain === undefined ? caller.accountId : await accountOf(tx, input.account ?? '', domain),
    userId: caller.userId,
    offeringId: offering.id,
    templateId: template?.id ?? null,
    details,
    nics: await nicsOf(tx, input),
    diskOfferings: await diskOfferingsOf(tx, input),
    forced: input.forced === true,
  }
}

/** libvirt's names may have dots and underscores. */
function hostNameOf(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9-]/g, '-').replace(/^[^A-Za-z]+/, 'vm-')
  return cleaned.replace(/-+$/, '').slice(0, 63) || 'vm'
}

async function accountOf(
  tx: Queries,
  name: string,
  domain: { readonly id: number; readonly name: string },
): Promise<number> {
  const account = await tx
    .selectFrom('account')
    .select(['id', 'state'])
    .where('account_name', '=', name)
    .where('domain_id', '=', domain.id)
    .where('removed', 'is', null)
    .executeTakeFirst()
  if (account === undefined)
    throw apiFailure('api.parameter', `Unable to find account ${name} in domain ${domain.name}`)
  if (account.state !== 'enabled') throw apiFailure('api.parameter', `The account ${name} is ${account.state}`)
  return account.id
}

async function nicsOf(tx: Queries, input: Call['input']): Promise<ImportWish['nics']> {
  const nics: Record<string, { networkId: number; address: string | null }> = {}
  for (const { nic = '', network = '' } of input.nicnetworklist ?? []) {
    if (nics[nic] !== undefined) throw apiFailure('api.parameter', `nicnetworklist: NIC ${nic} is named twice`)
    const row = await tx
      .selectFrom('networks')
      .select('id')
      .where('uuid', '=', network)
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (row === undefined) throw apiFailure('api.parameter', `nicnetworklist: there is no network ${network}`)
    nics[nic] = { networkId: row.id, address: null }
  }
  for (const { nic = '', ip4Address = '' } of input.nicipaddresslist ?? []) {
    const known = nics[nic]
    if (known === undefined) throw apiFailure('api.parameter', `nicipaddresslist: NIC ${nic} is not in nicnetworklist`)
    if (ip4Address !== 'auto') nics[nic] = { ...known, address: ip4Address }
  }
  return nics
}

async function diskOfferingsOf(tx: Queries, input: Call['input']): Promise<Record<string, number>> {
  const offerings: Record<string, number> = {}
  for (const { disk = '', diskOffering = '' } of input.datadiskofferinglist ?? []) {
    if (offerings[disk] !== undefined) throw apiFailure('api.parameter', `datadiskofferinglist: ${disk} is named twice`)
    const row = await tx
      .selectFrom('disk_offering')
      .select('id')
      .where('uuid', '=', diskOffering)
      .where('removed', 'is', null)
      .executeTakeFirst()
    if (row === undefined)
      throw apiFailure('api.parameter', `datadiskofferinglist: there is no offering ${diskOffering}`)
    offerings[disk] = row.id
  }
  return offerings
}
