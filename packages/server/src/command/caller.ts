import type { RoleType } from '@altostack/api'

/** Who calls, resolved before a command runs. Ids are database ids; uuids are what answers show. */
export type Caller = {
  readonly userId: number
  readonly userUuid: string
  readonly username: string
  readonly accountId: number
  readonly accountUuid: string
  readonly accountName: string
  readonly domainId: number
  readonly domainUuid: string
  /** `/` or `/a/b/`: with a slash at both ends. */
  readonly domainPath: string
  readonly roleId: number
  readonly roleType: RoleType
  readonly via: 'signature' | 'session' | 'integration' | 'system'
  readonly remoteAddress: string
}

/** The root administrator's full view, or the restricted one without infrastructure fields. */
export function isRootAdmin(caller: Caller): boolean {
  return caller.roleType === 'Admin'
}
