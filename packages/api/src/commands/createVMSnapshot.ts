import { defineCommand } from '../define-command.ts'
import { vmSnapshotResponse } from '../responses/vm-snapshot.ts'

export const createVMSnapshot = defineCommand({
  name: 'createVMSnapshot',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VMSNAPSHOT.CREATE',
  since: '4.2.0',
  description:
    'Keeps the state of all disks of a virtual machine at one moment, and with snapshotmemory that of its memory. It lives inside the disks: while it exists they keep their shape and place.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    description: { type: 'string', description: 'Description.' },
    name: { type: 'string', description: 'Name shown to people; one is made unless given.' },
    snapshotmemory: { type: 'boolean', description: 'Keep memory too; only while it runs, and it pauses meanwhile.' },
    quiescevm: {
      type: 'boolean',
      unsupported: {
        reason: 'There is no agent inside guests here; the disk is as after a power cut.',
        accepts: ['false'],
      },
      description: 'Ask the guest to write out its buffers first.',
    },
  },
  response: vmSnapshotResponse,
  key: 'vmsnapshot',
})
