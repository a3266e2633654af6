import { defineCommand } from '../define-command.ts'

export const updateRolePermission = defineCommand({
  name: 'updateRolePermission',
  kind: 'sync',
  roles: ['Admin'],
  unlistedRoles: ['Admin'],
  event: 'ROLE.PERMISSION.UPDATE',
  since: '4.9.0',
  description: "Changes one rule's permission or the order of all rules of a role.",
  params: {
    roleid: { type: 'uuid', entity: 'Role', access: 'operate', required: true, description: 'The role.' },
    ruleorder: {
      type: 'list',
      items: 'uuid',
      entity: 'RolePermission',
      access: 'operate',
      description: 'All rules of the role in their new order, separated by commas; not together with ruleid.',
    },
    ruleid: {
      type: 'uuid',
      entity: 'RolePermission',
      access: 'operate',
      since: '4.11',
      description: 'Rule to change; together with permission.',
    },
    permission: {
      type: 'string',
      values: ['allow', 'deny'],
      since: '4.11',
      description: 'New permission of the rule.',
    },
  },
  response: 'success',
})
