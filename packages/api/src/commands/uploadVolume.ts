import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const uploadVolume = defineCommand({
  name: 'uploadVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.UPLOAD',
  since: '2.1.0',
  description:
    'Makes a data volume of an image that the server fetches and checks. It is on the image store until it is attached.',
  params: {
    format: {
      type: 'string',
      values: ['QCOW2'],
      required: true,
      description: 'Format of the image; qcow2 without backing file or external data.',
    },
    name: { type: 'string', required: true, description: 'Name.' },
    url: {
      type: 'string',
      maxLength: 2048,
      required: true,
      description:
        'http or https address of the image; private addresses only where alto.fetch.allowed.cidrs names them.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'Zone of the volume.' },
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
    imagestoreuuid: {
      type: 'string',
      unsupported: { reason: 'The server chooses the image store.' },
      description: 'Image store that keeps it.',
    },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Project of the object.',
    },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      description: 'Disk offering of the volume, with free size.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
