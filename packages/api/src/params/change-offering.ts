import type { Params } from '../define-command.ts'

/** Which machine gets which service offering: of the command for stopped machines and of the one with a job. */
export const changeOfferingParams = {
  id: {
    type: 'uuid',
    entity: 'VirtualMachine',
    access: 'operate',
    required: true,
    description: 'The virtual machine.',
  },
  serviceofferingid: {
    type: 'uuid',
    entity: 'ServiceOffering',
    access: 'use',
    required: true,
    description: 'New service offering.',
  },
  details: { type: 'map', description: 'details[0].cpuNumber, .cpuSpeed and .memory for a customized offering.' },
  miniops: {
    type: 'long',
    since: '4.17',
    unsupported: {
      reason:
        'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
    },
    description: 'Least IOPS.',
  },
  maxiops: {
    type: 'long',
    since: '4.17',
    unsupported: {
      reason:
        'Guaranteed IOPS need storage that sells them; limits are iopsreadrate and iopswriterate of the offering.',
    },
    description: 'Most IOPS.',
  },
  automigrate: {
    type: 'boolean',
    since: '4.17',
    unsupported: { reason: 'Move the volume with migrateVolume first.', accepts: ['false'] },
    description: 'Move the root disk when its pool does not fit the new offering.',
  },
  shrinkok: {
    type: 'boolean',
    since: '4.17',
    unsupported: { reason: 'The root disk keeps its size; resizeVolume changes it.', accepts: ['false'] },
    description: 'Allow making the root disk smaller.',
  },
} as const satisfies Params
