import { defineCommand } from '../define-command.ts'
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
    bytesreadrate: { type: 'long', min: 0, description: 'Bytes read a second at most; no limit unless given.' },
    bytesreadratemax: { type: 'long', min: 0, description: 'Bytes read a second in a burst; not below bytesreadrate.' },
    bytesreadratemaxlength: {
      type: 'long',
      min: 0,
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
    byteswriterate: { type: 'long', min: 0, description: 'Bytes written a second at most; no limit unless given.' },
    byteswriteratemax: {
      type: 'long',
      min: 0,
      description: 'Bytes written a second in a burst; not below byteswriterate.',
    },
    byteswriteratemaxlength: {
      type: 'long',
      min: 0,
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
    iopsreadrate: { type: 'long', min: 0, description: 'Requests of reading a second at most; no limit unless given.' },
    iopsreadratemax: {
      type: 'long',
      min: 0,
      description: 'Requests of reading a second in a burst; not below iopsreadrate.',
    },
    iopsreadratemaxlength: { type: 'long', min: 0, description: 'Seconds that such a burst may last; 1 unless given.' },
    iopswriterate: {
      type: 'long',
      min: 0,
      description: 'Requests of writing a second at most; no limit unless given.',
    },
    iopswriteratemax: {
      type: 'long',
      min: 0,
      description: 'Requests of writing a second in a burst; not below iopswriterate.',
    },
    iopswriteratemaxlength: {
      type: 'long',
      min: 0,
      description: 'Seconds that such a burst may last; 1 unless given.',
    },
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
