import type { deployVirtualMachine, Input } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import type { Caller } from '../command/caller.ts'
import type { ServerContext } from '../context.ts'
import type { Queries, Row, Tx } from '../db/database.ts'
import { guestNetworkVersion, guestPasswordPurpose, noteGuestNetwork } from '../guest-network/index.ts'
import {
  chooseGroups,
  ensureDefaultGroup,
  guardedNetworks,
  type SecurityGroup,
  setGroupsOfVm,
} from '../security-group/index.ts'
import { encryptFor, namedKeyPairs, type SshKeyPair } from '../ssh-key-pair/index.ts'
import { appendUserData, fillVariables } from '../user-data/index.ts'
import { requireUserData } from './vm-name.ts'

/** What a machine's guest is given beside its NICs. */
export type GuestChoices = {
  readonly userData: string | null
  readonly userDataId: number | null
  readonly userDataDetails: string | null
  readonly keyPairs: readonly SshKeyPair[]
  readonly groups: readonly SecurityGroup[] | 'default'
  /** Undefined: the template takes none. */
  readonly password: string | undefined
}
type Call = {
  readonly ctx: ServerContext
  readonly caller: Caller
  readonly input: Input<typeof deployVirtualMachine>
  readonly entities: {
    readonly userdataid?: Row<'user_data'> | undefined
    readonly securitygroupids?: readonly SecurityGroup[] | undefined
  }
}

/** Checks keys, user data, password and groups of a deploy. Throws 431 and 531 naming what is wrong. */
export async function readGuestChoices(
  db: Queries,
  call: Call,
  account: Row<'account'>,
  template: Row<'vm_template'>,
  nics: readonly { readonly network: Row<'networks'> }[],
): Promise<GuestChoices> {
  const { ctx, input, entities } = call
  const guarded = await guardedNetworks(
    db,
    nics.map((nic) => nic.network),
  )
  await requireUserDataService(db, input, nics)
  if (input.password !== undefined && template.enable_password !== 1) {
    throw apiFailure('api.parameter', `Template ${template.name} is not password-enabled`, {
      fix: 'Leave password out, or use a template with passwordenabled=true.',
    })
  }
  return {
    ...(await chooseUserData(db, ctx, input, entities.userdataid, template)),
    keyPairs: await namedKeyPairs(db, account.id, keyNames(input)),
    groups: await chooseGroups(
      db,
      account,
      { groups: entities.securitygroupids, names: input.securitygroupnames },
      guarded.size > 0,
    ),
    password: template.enable_password === 1 ? requireGuestPassword(ctx, input.password) : undefined,
  }
}

/** What a guest is to be told needs a network that tells it, as CloudStack asks of the default one. */
async function requireUserDataService(
  db: Queries,
  input: Call['input'],
  nics: readonly { readonly network: Row<'networks'> }[],
): Promise<void> {
  const asked = (['userdata', 'userdataid', 'keypair', 'keypairs', 'password'] as const).find(
    (name) => input[name] !== undefined,
  )
  const networks = nics.map((nic) => nic.network)
  const offerings = networks.flatMap((network) => network.network_offering_id ?? [])
  if (asked === undefined || offerings.length < networks.length || networks.length === 0) return
  const giving = await db
    .selectFrom('ntwk_offering_service_map')
    .select('provider')
    .where('network_offering_id', 'in', offerings)
    .where('service', '=', 'UserData')
    .limit(1)
    .execute()
  if (giving.length > 0) return
  throw apiFailure('api.parameter', `${asked} needs a network with the service UserData`, {
    seen: networks.map((network) => network.name).join(', '),
    fix: 'Use a network whose offering has UserData, by VirtualRouter or ConfigDrive (DefaultL2NetworkOfferingConfigDrive).',
  })
}

/** Both parameters together, each name once. */
export function keyNames(input: {
  readonly keypair?: string | undefined
  readonly keypairs?: readonly string[] | undefined
}): string[] {
  return [...new Set([...(input.keypair === undefined ? [] : [input.keypair]), ...(input.keypairs ?? [])])]
}

type UserDataInput = {
  readonly userdata?: string | undefined
  readonly userdatadetails?: readonly Readonly<Record<string, string>>[] | undefined
}

/** The machine's own user data, registered user data with its variables filled, or the template's, as its policy says. */
export async function chooseUserData(
  db: Queries,
  ctx: ServerContext,
  input: UserDataInput,
  registered: Row<'user_data'> | undefined,
  template: Pick<Row<'vm_template'>, 'id' | 'name'> | undefined,
): Promise<Pick<GuestChoices, 'userData' | 'userDataId' | 'userDataDetails'>> {
  const most = await ctx.config.number('vm.userdata.max.length', {}, db)
  if (input.userdata !== undefined && registered !== undefined) {
    throw apiFailure('api.parameter', 'userdata and userdataid cannot be used together')
  }
  const details = Object.assign({}, ...(input.userdatadetails ?? [])) as Record<string, string>
  if (registered === undefined && Object.keys(details).length > 0) {
    throw apiFailure('api.parameter', 'userdatadetails needs userdataid')
  }
  const own =
    registered === undefined
      ? input.userdata === undefined
        ? undefined
        : requireUserData(input.userdata, most)
      : fillVariables(registered.user_data ?? '', registered.params, details)
  const link =
    template === undefined
      ? undefined
      : await db
          .selectFrom('template_user_data')
          .innerJoin('user_data', 'user_data.id', 'template_user_data.user_data_id')
          .select(['user_data.id', 'user_data.user_data', 'template_user_data.policy'])
          .where('template_user_data.template_id', '=', template.id)
          .executeTakeFirst()
  let userData = own ?? link?.user_data ?? null
  if (link !== undefined && own !== undefined) {
    if (link.policy === 'DENYOVERRIDE') {
      throw apiFailure('api.parameter', `Template ${template?.name} has user data that a deploy must not replace`)
    }
    if (link.policy === 'APPEND') userData = appendUserData(link.user_data ?? '', own)
  }
  return {
    userData: userData === null ? null : requireUserData(userData, most),
    userDataId: registered?.id ?? (own === undefined ? (link?.id ?? null) : null),
    userDataDetails: Object.keys(details).length === 0 ? null : JSON.stringify(details),
  }
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

/** The password given, or a random one of twelve letters and digits. Throws 431 for one that the guest could not read. */
export function requireGuestPassword(ctx: ServerContext, given: string | undefined): string {
  if (given === undefined) {
    return [...ctx.runtime.randomBytes(12)].map((byte) => letters[byte % letters.length]).join('')
  }
  if (/^[\x21-\x7e]{1,128}$/.test(given)) return given
  throw apiFailure('api.parameter', 'password holds something else than printable ASCII without blanks')
}

/** Writes what was chosen for a machine, in the transaction that makes it. */
export async function writeGuestChoices(
  tx: Tx,
  ctx: ServerContext,
  vm: Pick<Row<'vm_instance'>, 'id' | 'account_id' | 'domain_id'>,
  choices: GuestChoices,
): Promise<void> {
  await noteGuestNetwork(tx, ctx, 'Vm', vm.id)
  const { keyPairs, groups, password, userDataId, userDataDetails } = choices
  await putGuestData(tx, ctx, vm.id, {
    ...keyColumns(keyPairs),
    ...(await passwordColumns(tx, ctx, password, keyPairs)),
    user_data_id: userDataId,
    user_data_details: userDataDetails,
  })
  const owner = { accountId: vm.account_id, domainId: vm.domain_id }
  const chosen = groups === 'default' ? [await ensureDefaultGroup(tx, ctx, owner)] : groups
  if (chosen.length > 0) {
    await setGroupsOfVm(
      tx,
      ctx,
      vm.id,
      chosen.map((group) => group.id),
    )
  }
}

type GuestColumns = Partial<Omit<Row<'vm_guest_data'>, 'id' | 'vm_id'>>

export function keyColumns(pairs: readonly SshKeyPair[]): GuestColumns {
  return {
    keypair_names: pairs.map((pair) => pair.keypair_name).join(','),
    public_keys: pairs.map((pair) => pair.public_key).join('\n'),
  }
}

/** A password waits sealed for its guest; with an RSA key also for the owner of its private half. */
export async function passwordColumns(
  tx: Tx,
  ctx: ServerContext,
  password: string | undefined,
  pairs: readonly Pick<SshKeyPair, 'public_key'>[],
): Promise<GuestColumns> {
  if (password === undefined) return {}
  const encrypted = pairs.flatMap((pair) => encryptFor(pair.public_key ?? '', password) ?? [])[0]
  return {
    password: ctx.secrets.seal(guestPasswordPurpose, password),
    password_version: await guestNetworkVersion(tx),
    encrypted_password: encrypted ?? null,
  }
}

export async function putGuestData(tx: Tx, ctx: ServerContext, vmId: number, set: GuestColumns): Promise<void> {
  const known = await tx.selectFrom('vm_guest_data').select('id').where('vm_id', '=', vmId).executeTakeFirst()
  if (known === undefined) {
    await tx
      .insertInto('vm_guest_data')
      .values({ vm_id: vmId, password_version: 0, ...set })
      .execute()
  } else await tx.updateTable('vm_guest_data').set(set).where('id', '=', known.id).execute()
  await noteGuestNetwork(tx, ctx, 'Vm', vmId)
}

/** The password that waits for the guest. */
export async function waitingPassword(db: Queries, ctx: ServerContext, vmId: number): Promise<string | undefined> {
  const row = await db.selectFrom('vm_guest_data').select('password').where('vm_id', '=', vmId).executeTakeFirst()
  return row?.password == null ? undefined : ctx.secrets.open(guestPasswordPurpose, row.password)
}

/** The password for the owner of the private key; null when there is none. */
export async function encryptedPassword(db: Queries, vmId: number): Promise<string | null> {
  const row = await db
    .selectFrom('vm_guest_data')
    .select('encrypted_password')
    .where('vm_id', '=', vmId)
    .executeTakeFirst()
  return row?.encrypted_password ?? null
}
