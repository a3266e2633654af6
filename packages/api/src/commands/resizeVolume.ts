import { defineCommand } from '../define-command.ts'
import { volumeResponse } from '../responses/volume.ts'

export const resizeVolume = defineCommand({
  name: 'resizeVolume',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VOLUME.RESIZE',
  since: '2.1.0',
  description:
    'Changes the size of a volume, or its disk offering and with it its limits. A running guest sees more room at once; shrinking needs shrinkok and nobody who has it.',
  params: {
    id: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
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
    size: { type: 'long', min: 1, description: 'New size in GiB.' },
    shrinkok: { type: 'boolean', description: 'Allow making it smaller: what lies beyond the new end is lost.' },
    diskofferingid: { type: 'uuid', entity: 'DiskOffering', access: 'use', description: 'New disk offering.' },
    automigrate: {
      type: 'boolean',
      since: '4.20.1',
      unsupported: { reason: 'Move the volume with migrateVolume first.', accepts: ['false'] },
      description: 'Move it to another pool when its own does not fit the new offering.',
    },
  },
  response: volumeResponse,
  key: 'volume',
})
