import type { Params } from '../define-command.ts'

/** Of any image that its owner sends: checksum and whose it is. */
export const sentImageParams = {
  checksum: {
    type: 'string',
    description:
      'Checksum that the image must have: hexadecimal digits, or {ALGORITHM}digits with MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512.',
  },
  account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
  domainid: {
    type: 'uuid',
    entity: 'Domain',
    access: 'use',
    description: 'Domain of the account, or the domain to look in.',
  },
  projectid: {
    type: 'uuid',
    unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
    description: 'Project of the object.',
  },
} as const satisfies Params

/** Of a template or an ISO, which may be for every zone. */
export const announcedImageParams = {
  zoneid: {
    type: 'uuid',
    entity: 'Zone',
    access: 'use',
    absent: ['-1'],
    required: true,
    description: 'Zone it is registered in; -1 for all.',
  },
  ...sentImageParams,
} as const satisfies Params
