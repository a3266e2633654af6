import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const changeOfferingForVolume = defineCommand({
  name: 'changeOfferingForVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  unlistedRoles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.CHANGE.DISK.OFFERING',
  since: '4.17',
  description: 'Gives a volume another disk offering; new limits reach a running guest at once.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    diskofferingid: {
      type: 'uuid',
      entity: 'DiskOffering',
      access: 'use',
      required: true,
      description: 'New disk offering.',
    },
    size: { type: 'long', min: 1, description: 'New size in GiB, for an offering with free size.' },
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
    automigrate: {
      type: 'boolean',
      unsupported: { reason: 'Move the volume with migrateVolume first.', accepts: ['false'] },
      description: 'Move it to another pool when its own does not fit the new offering.',
    },
    shrinkok: { type: 'boolean', description: 'Allow making it smaller: what lies beyond the new end is lost.' },
  },
  response: volumeResponse,
  key: 'volume',
})
