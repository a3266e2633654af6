import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Access, CommandDefinition, EntityName, Param } from '@altostack/api'
import { serverHandlers } from '../command/handlers.ts'
import { transact } from '../db/transaction.ts'
import { fabricateEntities, fabricateRow, requiredParams } from '../testing/fabricate-row.ts'
import {
  ApiCallError,
  type Params,
  startTestServer,
  type TestAccount,
  type TestServer,
} from '../testing/test-server.ts'

// Every command that is offered × {no login, a role that does not allow it, a user of another domain, an id of nothing}.
// `foreign` says what that user may do with an object of somebody else: written down here, not read from the rules.
const foreign: Readonly<Record<EntityName, readonly Access[]>> = {
  Account: [],
  AsyncJob: [],
  Cluster: [],
  DiskOffering: ['list', 'use'],
  Domain: [],
  GuestVlanRange: [],
  Host: [],
  HostRepair: [],
  ImageStore: [],
  InstanceGroup: [],
  InternalLoadBalancerElement: ['list', 'use'],
  JoinToken: [],
  Network: [],
  NetworkOffering: ['list', 'use'],
  NetworkServiceProvider: ['list', 'use'],
  Nic: [],
  NicSecondaryIp: [],
  OsType: ['list', 'use'],
  PhysicalNetwork: ['list', 'use'],
  Pod: [],
  Role: ['list', 'use'],
  RolePermission: [],
  SecurityGroup: [],
  SecurityGroupRule: [],
  ServiceOffering: ['list', 'use'],
  Snapshot: [],
  SnapshotPolicy: [],
  StorageNetworkIpRange: [],
  StoragePool: [],
  Template: [],
  TrafficType: [],
  User: [],
  UserData: [],
  VMSnapshot: [],
  VirtualMachine: [],
  VirtualRouterElement: ['list', 'use'],
  VlanIpRange: [],
  Volume: [],
  Zone: ['list', 'use'],
}

const commands = serverHandlers
  .filter(({ handler }) => !('session' in handler))
  .map(({ command }) => command)
  .sort((a, b) => (a.name < b.name ? -1 : 1))

let server: TestServer
/** May call everything by its role, but is a plain user of domain `theirs`. */
let stranger: TestAccount
let denied: TestAccount
/** One object of each kind that belongs to account `owner` of domain `ours`. */
const objects = new Map<EntityName, string>()

describe('every caller and every command', () => {
  before(async () => {
    server = await startTestServer()
    const { ctx } = server
    const ours = await server.addDomain('ours')
    const theirs = await server.addDomain('theirs')
    const owner = await server.addAccount('owner', 'User', ours.id)
    stranger = await server.addAccount('stranger', 'User', theirs.id)
    denied = await server.addAccount('denied', 'User', theirs.id)
    await transact(ctx, async (tx) => {
      for (const [account, permission] of [
        [stranger, 'ALLOW'],
        [denied, 'DENY'],
      ] as const) {
        const role = await fabricateRow(
          tx,
          'roles',
          { role_type: 'User', name: permission, uuid: ctx.runtime.uuid() },
          ctx.runtime.uuid,
        )
        // A pattern allows what is for users; each command by its name is everything there is.
        const rules = permission === 'DENY' ? ['*'] : commands.map((command) => command.name)
        for (const rule of rules) {
          await fabricateRow(tx, 'role_permissions', { role_id: role.id, rule, permission }, ctx.runtime.uuid)
        }
        await tx.updateTable('account').set({ role_id: role.id }).where('id', '=', account.accountId).execute()
      }
      const owned = { account_id: owner.accountId, domain_id: ours.id }
      for (const [entity, uuid] of await fabricateEntities(tx, owned, ctx.runtime.uuid)) objects.set(entity, uuid)
    })
  })
  after(async () => {
    await server.stop()
  })

  async function outcome(command: CommandDefinition, params: Params, as: TestAccount | null): Promise<number> {
    try {
      await server.call(
        command.name,
        { ...params, ...(command.readOnly || command.kind === 'list' ? {} : { dryrun: true }) },
        as,
      )
      return 200
    } catch (error) {
      if (error instanceof ApiCallError) return error.errorcode
      throw error
    }
  }

  /** Uuid parameters that a user may send and that name an entity, in the order in which they are loaded. */
  function entityParams(command: CommandDefinition): readonly (readonly [string, Param & { entity: EntityName }])[] {
    return Object.entries(command.params).filter(
      ([, param]) => param.entity && !param.unsupported && (!param.roles || param.roles.includes('User')),
    ) as never
  }

  /** Whether another required parameter, loaded earlier, is refused already. */
  function refusedEarlier(command: CommandDefinition, name: string): boolean {
    for (const [other, param] of entityParams(command)) {
      if (other === name) return false
      if (param.required && !foreign[param.entity].includes(param.access ?? 'operate')) return true
    }
    return false
  }

  describe('every command', () => {
    test('is refused without login', async () => {
      for (const command of commands) {
        assert.equal(await outcome(command, requiredParams(command, objects, 'User'), null), 401, command.name)
      }
    })

    test('is refused to a role that does not allow it', async () => {
      for (const command of commands) {
        assert.equal(await outcome(command, requiredParams(command, objects, 'User'), denied), 401, command.name)
      }
    })

    test('refuses an object of somebody else with 531, unless everybody may do that with it', async () => {
      const seen: string[] = []
      for (const command of commands) {
        for (const [name, param] of entityParams(command)) {
          if (refusedEarlier(command, name)) continue
          const params = {
            ...requiredParams(command, objects, 'User', name),
            [name]: objects.get(param.entity) as string,
          }
          const code = await outcome(command, params, stranger)
          const place = `${command.name} ${name} (${param.access ?? 'operate'} ${param.entity})`
          if (foreign[param.entity].includes(param.access ?? 'operate')) {
            const later = entityParams(command).some(([other, one]) => other !== name && one.required)
            if (!later && command.kind === 'list') assert.notEqual(code, 531, place)
          } else {
            assert.equal(code, 531, place)
            seen.push(place)
          }
        }
      }
      // The table below is only worth something when it is long.
      assert.ok(seen.length > 60, `${seen.length} refusals`)
    })

    test('answers 431 for an id of nothing, before anything else is told', async () => {
      for (const command of commands) {
        for (const [name] of entityParams(command)) {
          if (refusedEarlier(command, name)) continue
          const params = { ...requiredParams(command, objects, 'User', name), [name]: server.ctx.runtime.uuid() }
          assert.equal(await outcome(command, params, stranger), 431, `${command.name} ${name}`)
        }
      }
    })
  })
})
