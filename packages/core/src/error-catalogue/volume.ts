import { errorCatalogue, failures } from '../errors.ts'

/** Failures of volumes and snapshots as the management server sees them; a host's own codes are in agent.ts. */
export const volumeErrors = errorCatalogue({
  'volume.state': {
    api: 431,
    cause: 'The volume is not in a state in which this can be done.',
    fix: 'See the state that the text names; listVolumes shows it.',
  },
  'volume.attached': {
    api: 431,
    cause: 'The volume is attached to a virtual machine.',
    fix: 'Detach it first.',
  },
  'volume.not-attached': { api: 431, cause: 'The volume is attached to nothing.', fix: 'Name an attached volume.' },
  'volume.attach': {
    api: 431,
    cause: 'The volume cannot be attached to this virtual machine.',
    fix: 'See the reason in the text.',
  },
  'volume.detach': {
    api: 431,
    cause: 'The volume cannot be detached from its virtual machine.',
    fix: 'See the reason in the text.',
  },
  'volume.size': { api: 431, cause: 'The size is not possible.', fix: 'See the bounds in the text.' },
  'volume.offering': {
    api: 431,
    cause: 'The disk offering does not go with the request.',
    fix: 'Correct the value that the text names; listDiskOfferings shows what there is.',
  },
  'volume.import-path': {
    api: 431,
    cause: 'The path does not name a file of the storage pool.',
    fix: 'Give the name alone; listVolumesForImport shows what there is.',
  },
  'volume.import-refused': {
    api: 431,
    cause: 'The file cannot become a volume as it is; nothing was changed.',
    fix: 'See what the text names; listVolumesForImport shows the file.',
  },
  'volume.unmanage-refused': {
    api: 431,
    cause: 'The volume cannot leave management as it is; nothing was changed.',
    fix: 'See what the text names.',
  },
  'volume.protected': {
    api: 431,
    cause: 'Delete protection is on.',
    fix: 'updateVolume with deleteprotection=false first.',
  },
  'volume.place': {
    api: 533,
    cause: 'No storage pool takes the volume.',
    fix: 'See for each pool what was seen: free space, add a pool, or choose another offering.',
  },
  'volume.pool-unreachable': {
    api: 534,
    cause: 'No connected host has the pool of the volume attached.',
    fix: 'Bring a host of the cluster Up and repeat.',
  },
  'volume.host-lost': {
    api: 534,
    cause: 'The host that worked on the volume was fenced or removed meanwhile.',
    fix: 'Repeat the command: another host does it.',
  },
  'volume.pool': {
    api: 431,
    cause: 'The storage pool does not go with the volume.',
    fix: 'See the reason in the text; listStoragePools shows what there is.',
  },
  'volume.recover-permission': {
    api: 531,
    cause: 'Users may not expunge or recover volumes here.',
    fix: 'Ask an administrator, or have allow.user.expunge.recover.volume set for the account.',
  },
  'snapshot.state': {
    api: 431,
    cause: 'The snapshot is not in a state in which this can be done.',
    fix: 'See the state that the text names; listSnapshots shows it.',
  },
  'snapshot.disabled': {
    api: 431,
    cause: 'Snapshots of volumes on KVM are switched off.',
    fix: 'Set kvm.snapshot.enabled to true.',
  },
  'snapshot.revert': {
    api: 431,
    cause: 'The volume cannot be brought back to this snapshot.',
    fix: 'See the reason in the text.',
  },
  'snapshot.policy': {
    api: 431,
    cause: 'The policy cannot be made as asked.',
    fix: 'See the reason in the text; schedules are MM, MM:HH, MM:HH:DAY as CloudStack writes them.',
  },
  'snapshot.image': {
    api: 534,
    cause: 'The image of the snapshot did not arrive as the host made it; nothing of it is kept.',
    fix: 'Take the snapshot again; when it repeats, look at the network and the disks of both sides.',
  },
  'snapshot.store': {
    api: 533,
    cause: 'The image store has too little space.',
    fix: 'Free space under the data directory of the management server, or delete snapshots.',
  },
  'vm-snapshot.state': {
    api: 431,
    cause: 'The VM snapshot is not in a state in which this can be done.',
    fix: 'See the state that the text names; listVMSnapshot shows it.',
  },
  'vm-snapshot.refused': {
    api: 431,
    cause: 'The VM snapshot cannot be taken or used now.',
    fix: 'See the reason in the text.',
  },
  'volume.vm-snapshots': {
    api: 431,
    cause: 'The virtual machine has snapshots that hold the shape of its disks.',
    fix: 'Delete its VM snapshots first (listVMSnapshot, deleteVMSnapshot).',
  },
})
export const volumeFailure: ReturnType<typeof failures<typeof volumeErrors>> = failures(volumeErrors)
