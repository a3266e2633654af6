import type { ResponseValue, rolePermissionResponse, roleResponse } from '@altostack/api'
import type { Role, RolePermission } from './role.repository.ts'

export function roleView(role: Role): ResponseValue<typeof roleResponse> {
  return {
    id: role.uuid,
    name: role.name,
    type: role.role_type,
    description: role.description,
    isdefault: role.is_default === 1,
    ispublic: role.public_role === 1,
    state: role.state,
  }
}

export function rolePermissionView(
  permission: RolePermission,
  role: Pick<Role, 'uuid' | 'name'>,
): ResponseValue<typeof rolePermissionResponse> {
  return {
    id: permission.uuid,
    roleid: role.uuid,
    rolename: role.name,
    rule: permission.rule,
    permission: permission.permission.toLowerCase(),
    description: permission.description,
  }
}
