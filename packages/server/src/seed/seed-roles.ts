import { commands, type RoleType } from '@altostack/api'
import type { Tx } from '../db/database.ts'
import { defaultRoleRules } from './default-role-rules.ts'
import { insertAll } from './insert-all.ts'
import type { SeedContext } from './seed.ts'

type SeedRole = {
  readonly id: number
  readonly name: string
  readonly type: RoleType
  readonly description: string
  readonly rules: readonly Rule[]
}
type Rule = { readonly rule: string; readonly permission: 'ALLOW' | 'DENY' }

const allow = (rule: string): Rule => ({ rule, permission: 'ALLOW' })
const deny = (rule: string): Rule => ({ rule, permission: 'DENY' })

/** CloudStack's list, and our own commands for the roles that they declare. */
function rulesOf(role: Exclude<RoleType, 'Admin'>): readonly Rule[] {
  const own = Object.values(commands).filter(
    (command) => 'extension' in command && command.extension && (command.roles as readonly RoleType[]).includes(role),
  )
  const names = new Set([...defaultRoleRules[role].split(' '), ...own.map((command) => command.name)])
  return [...names].sort().map(allow)
}

/** Reads everything but secrets. */
const readOnlyRules = (denied: readonly string[]): readonly Rule[] => [
  ...denied.map(deny),
  ...['list*', 'find*', 'get*', 'query*', 'is*', 'quotaIsEnabled', 'quotaStatement', 'cloudianIsEnabled'].map(allow),
]

/** They read nothing: each makes what is then sent. */
const uploads = ['getUploadParamsForTemplate', 'getUploadParamsForVolume', 'getUploadParamsForIso']
const userSecrets = ['getUserKeys', 'listUserKeys', 'getVMPassword']

const roles: readonly SeedRole[] = [
  { id: 1, name: 'Root Admin', type: 'Admin', description: 'Default root admin role', rules: [allow('*')] },
  {
    id: 2,
    name: 'Resource Admin',
    type: 'ResourceAdmin',
    description: 'Default resource admin role',
    rules: rulesOf('ResourceAdmin'),
  },
  {
    id: 3,
    name: 'Domain Admin',
    type: 'DomainAdmin',
    description: 'Default domain admin role',
    rules: rulesOf('DomainAdmin'),
  },
  { id: 4, name: 'User', type: 'User', description: 'Default user role', rules: rulesOf('User') },
  {
    id: 5,
    name: 'Read-Only Admin - Default',
    type: 'Admin',
    description: 'Sees everything, changes nothing',
    rules: [
      ...readOnlyRules(['getUserKeys', 'listUserKeys', 'getVMPassword', 'listJoinTokens', ...uploads]),
      deny('*'),
    ],
  },
  {
    id: 6,
    name: 'Read-Only User - Default',
    type: 'User',
    description: 'Sees what is its own, changes nothing',
    rules: [...readOnlyRules([...userSecrets, ...uploads]), deny('*')],
  },
  {
    id: 7,
    name: 'Support Admin - Default',
    type: 'Admin',
    description: 'Sees everything, runs virtual machines, hosts and storage',
    rules: [
      ...readOnlyRules(userSecrets),
      ...[
        'startVirtualMachine',
        'stopVirtualMachine',
        'rebootVirtualMachine',
        'restoreVirtualMachine',
        'migrateVirtualMachine',
        'createNetwork',
        'restartNetwork',
        'updateNetwork',
        'attachVolume',
        'detachVolume',
        'createVolume',
        'extractVolume',
        'attachIso',
        'detachIso',
        'registerIso',
        'registerTemplate',
        'updateTemplate',
        'createTemplate',
        'uploadVolume',
        'createSnapshot',
        'createVMSnapshot',
        'prepareHostForMaintenance',
        'cancelHostMaintenance',
        'reconnectHost',
        'updateHost',
        'enableStorageMaintenance',
        'cancelStorageMaintenance',
        'updateStoragePool',
        'createServiceOffering',
        'createDiskOffering',
        'createNetworkOffering',
        'createVPCOffering',
        'startRouter',
        'stopRouter',
        'rebootRouter',
        'startSystemVm',
        'stopSystemVm',
        'rebootSystemVm',
      ].map(allow),
      deny('*'),
    ],
  },
  {
    id: 8,
    name: 'Support User - Default',
    type: 'User',
    description: 'Sees what is its own, runs virtual machines',
    rules: [
      ...readOnlyRules(userSecrets),
      ...[
        'startVirtualMachine',
        'stopVirtualMachine',
        'rebootVirtualMachine',
        'restoreVirtualMachine',
        'createNetwork',
        'restartNetwork',
        'updateNetwork',
        'attachVolume',
        'detachVolume',
        'createVolume',
        'extractVolume',
        'attachIso',
        'detachIso',
        'registerIso',
        'registerTemplate',
        'updateTemplate',
        'createTemplate',
        'uploadVolume',
        'createSnapshot',
        'createVMSnapshot',
      ].map(allow),
      deny('*'),
    ],
  },
]

/** The four default roles by the ids 1 to 4, then the read-only and support ones. */
export async function seedRoles(tx: Tx, { runtime, now }: SeedContext): Promise<void> {
  await insertAll(
    tx,
    'roles',
    roles.map(({ id, name, type, description }) => ({
      id,
      uuid: runtime.uuid(),
      name,
      role_type: type,
      description,
      is_default: 1,
      created: now,
    })),
  )
  const permissions = roles.flatMap(({ id, rules }) =>
    rules.map(({ rule, permission }, index) => ({
      uuid: runtime.uuid(),
      role_id: id,
      rule,
      permission,
      sort_order: index,
    })),
  )
  await insertAll(tx, 'role_permissions', permissions)
}
