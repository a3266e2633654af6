import { defineCommand } from '../define-command.ts'
import { ioLimits } from '../params/io-limits.ts'
import { diskOfferingResponse } from '../responses/disk-offering.ts'

export const createDiskOffering = defineCommand({
  name: 'createDiskOffering',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  event: 'DISK.OFFERING.CREATE',
  since: '2.1.0',
  description: 'Creates a disk offering: size, limits and kind of storage of data disks.',
  params: {
    disksize: { type: 'long', min: 1, description: 'Size in GiB; not with customized.' },
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people; the name unless given.' },
    name: { type: 'string', required: true, description: 'Name.' },
    tags: {
      type: 'string',
      maxLength: 4096,
      description: 'Storage tags that the pool must carry, separated by commas.',
    },
    customized: { type: 'boolean', description: 'Let the owner choose the size.' },
    domainid: {
      type: 'list',
      items: 'uuid',
      entity: 'Domain',
      access: 'operate',
      description: 'Domains that may use it with those below; all unless given.',
    },
    zoneid: {
      type: 'list',
      items: 'uuid',
      entity: 'Zone',
      access: 'use',
      since: '4.13',
      description: 'Zones it is offered in; all unless given.',
    },
    storagetype: { type: 'string', values: ['shared', 'local'], description: 'shared or local; shared unless given.' },
    provisioningtype: {
      type: 'string',
      unsupported: { reason: 'Disks are thin: space is taken as it is written.', accepts: ['thin'] },
      description: 'How disks are laid out.',
    },
    displayoffering: { type: 'boolean', description: 'Whether users see it; true unless given.' },
    ...ioLimits({
      bytesread: 'Bytes read',
      byteswrite: 'Bytes written',
      iopsread: 'Requests of reading',
      iopswrite: 'Requests of writing',
    }),
    customizediops: {
      type: 'boolean',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
        accepts: ['false'],
      },
      description: 'Let the owner choose IOPS.',
    },
    miniops: {
      type: 'long',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
      },
      description: 'Least IOPS.',
    },
    maxiops: {
      type: 'long',
      unsupported: {
        reason:
          'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
      },
      description: 'Most IOPS.',
    },
    hypervisorsnapshotreserve: {
      type: 'integer',
      unsupported: { reason: 'Snapshots are kept on the image store and need no reserve.' },
      description: 'Share of the disk kept for snapshots.',
    },
    cachemode: {
      type: 'string',
      since: '4.14',
      unsupported: { reason: 'Disks are opened without host cache, which live migration needs.', accepts: ['none'] },
      description: 'Cache mode of disks.',
    },
    storagepolicy: {
      type: 'uuid',
      since: '4.15',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'vSphere storage policy.',
    },
    disksizestrictness: {
      type: 'boolean',
      since: '4.17',
      description: 'Whether the size of its disks can never change.',
    },
    encrypt: {
      type: 'boolean',
      since: '4.18',
      unsupported: { reason: 'Encrypted volumes are not part of this version.', accepts: ['false'] },
      description: 'Whether disks are encrypted.',
    },
    details: { type: 'map', since: '4.16', description: 'Free key and value pairs kept with it.' },
  },
  response: diskOfferingResponse,
  key: 'diskoffering',
})
