import { deleteSecurityGroup } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { namedGroup } from '../authorize.ts'
import {
  defaultGroupName,
  noteGroupChange,
  removeGroup,
  ruleNaming,
  vmsOfGroups,
} from '../security-group.repository.ts'

export const handler = defineHandler(deleteSecurityGroup, {
  async change({ tx, ctx, caller, input, entities }) {
    const group = await namedGroup(
      tx,
      ctx,
      caller,
      { group: entities.id, name: input.name },
      { account: input.account, domain: entities.domainid },
    )
    if (group.name === defaultGroupName) throw apiFailure('api.parameter', 'The default security group stays')
    const [vm] = await vmsOfGroups(tx, [group.id])
    if (vm !== undefined) {
      throw apiFailure('api.in-use', `Security group ${group.name} is used by virtual machine ${vm.name}`, {
        fix: 'Give the machine other groups first: updateVirtualMachine securitygroupids.',
        entities: [{ uuid: vm.uuid, description: 'virtual machine' }],
      })
    }
    const rule = await ruleNaming(tx, group.id)
    if (rule !== undefined) {
      throw apiFailure('api.in-use', `A rule of security group ${rule.name} names ${group.name}`, {
        fix: 'Revoke that rule first.',
        entities: [{ uuid: rule.uuid, description: 'rule' }],
      })
    }
    await removeGroup(tx, group.id)
    await noteGroupChange(tx, ctx, group, 'security-group.delete')
  },
  eventText: ({ input, entities }) => `deleting security group ${entities.id?.name ?? input.name ?? ''}`,
})
