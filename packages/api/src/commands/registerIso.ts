import { defineCommand } from '../define-command.ts'
import { templateResponse } from '../responses/template.ts'

export const registerIso = defineCommand({
  name: 'registerIso',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'ISO.CREATE',
  since: '2.1.0',
  description:
    'Registers an ISO: the server fetches, checks and keeps the image and gives it to storage pools as they need it.',
  params: {
    bootable: {
      type: 'boolean',
      description: 'Whether a guest may boot from it; true unless given. Then an OS type is kept with it.',
    },
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people; the name unless given.' },
    isfeatured: { type: 'boolean', description: 'Show it among the featured; root admins only.' },
    ispublic: { type: 'boolean', description: 'Whether every account may use it.' },
    isextractable: { type: 'boolean', description: 'Whether it may be downloaded.' },
    name: { type: 'string', required: true, description: 'Name.' },
    ostypeid: {
      type: 'uuid',
      entity: 'OsType',
      access: 'use',
      description: 'Operating system type; Other Linux (64-bit) unless given.',
    },
    url: {
      type: 'string',
      maxLength: 2048,
      required: true,
      description:
        'http or https address of the image; private addresses only where alto.fetch.allowed.cidrs names them.',
    },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      absent: ['-1'],
      description: 'Zone it is registered in; -1 or none for all.',
    },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    checksum: {
      type: 'string',
      description:
        'Checksum that the image must have: hexadecimal digits, or {ALGORITHM}digits with MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512.',
    },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Project of the object.',
    },
    imagestoreuuid: {
      type: 'string',
      unsupported: { reason: 'The server chooses the image store.' },
      description: 'Image store that keeps it.',
    },
    isdynamicallyscalable: {
      type: 'boolean',
      description: 'Whether guests deployed from it may be scaled while running.',
    },
    directdownload: {
      type: 'boolean',
      unsupported: { reason: 'The server fetches and checks every image.', accepts: ['false'] },
      description: 'Let hosts fetch it themselves.',
    },
    passwordenabled: { type: 'boolean', description: 'Whether guests deployed from it take a new password.' },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'CPU architecture of its guests; x86_64 unless given.',
    },
  },
  response: templateResponse,
  key: 'iso',
  answersAsList: true,
})
