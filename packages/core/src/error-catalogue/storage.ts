import { errorCatalogue, failures } from '../errors.ts'

/** Failures of primary storage. */
export const storageErrors = errorCatalogue({
  'storage.url': {
    api: 431,
    cause: 'The url of the pool cannot be read.',
    fix: 'Write nfs://SERVER/EXPORT, iscsi://PORTAL/TARGET/LUN, clvm://localhost/VOLUMEGROUP, SharedMountPoint://localhost/PATH, or file:///PATH for local storage.',
  },
  'storage.protocol': {
    api: 431,
    cause: 'This version has no storage of this protocol.',
    fix: 'Mount it on every host yourself and use SharedMountPoint://localhost/PATH.',
  },
  'storage.scope': {
    api: 431,
    cause: 'The scope does not go with the kind of storage, or what it needs is missing.',
    fix: 'NFS and SharedMountPoint are CLUSTER (with clusterid and podid) or ZONE (with hypervisor); block storage is CLUSTER; file:// is HOST.',
  },
  'storage.details': {
    api: 431,
    cause: 'A detail of the pool does not go with its type, or has a value that cannot be used.',
    fix: 'See the text; nfsmountopts is for nfs, chap.user and chap.password are for iscsi.',
  },
  'storage.exists': {
    api: 431,
    cause: 'A pool with this place exists already.',
    fix: 'Use the existing pool, or delete it first.',
  },
  'storage.local-disabled': {
    api: 431,
    cause: 'Local storage is not enabled in the zone.',
    fix: 'updateZone with localstorageenabled=true.',
  },
  'storage.no-host': {
    api: 530,
    cause: 'No host of the cluster is Up, so nobody can attach the pool.',
    fix: 'Add a host, or bring one Up, first.',
  },
  'storage.attach': {
    api: 530,
    cause: 'A host could not attach the pool.',
    fix: 'See for each host what was seen; the path must be the same mounted storage on all of them.',
  },
  'image-store.provider': {
    api: 431,
    cause: 'There is no such kind of image store.',
    fix: 'Use provider NFS with a url nfs://server/path, or S3 with its details.',
  },
  'image-store.form': {
    api: 431,
    cause: 'What says where the image store is cannot be read, or is not whole.',
    fix: 'Correct what the text names.',
  },
  'image-store.in-use': {
    api: 431,
    cause: 'The image store holds images.',
    fix: 'Delete the templates and ISOs that the text names first; readonly=true keeps new ones away.',
  },
  'image-store.none': {
    api: 530,
    cause: 'Every image store of the zone is read-only or full.',
    fix: 'Add an image store, or let one take new images with updateImageStore readonly=false or more capacitybytes.',
  },
  'image-store.own': {
    api: 431,
    cause: "The management server's own image store is always there.",
    fix: 'Use updateImageStore readonly=true to keep new images away from it.',
  },
  'image-store.move': {
    api: 431,
    cause: 'The image cannot go from the one image store to the other.',
    fix: 'Correct what the text names.',
  },
  'image-store.move-failed': {
    api: 530,
    cause: 'Some images could not be moved; they are where they were. The others have moved.',
    fix: 'Mend what was seen and ask again: only what is left is moved.',
  },
  'image-store.path': {
    api: 431,
    cause: 'An image store has three folders: images, snapshots and volumes.',
    fix: 'Give one of them as path, or none to see them.',
  },
  'image-store.unreachable': {
    api: 530,
    cause: 'The image store does not do what is asked of it.',
    fix: 'See what was seen; try the export or bucket from the management server.',
  },
  'image-store.full': {
    api: 530,
    cause: 'The image store is full.',
    fix: 'Free space there, or add another one.',
  },
  'image-store.changed': {
    api: 530,
    cause: 'An image changed on its way to the image store.',
    fix: 'Try again; when it repeats, look at the network and the disks of both sides.',
  },
  'storage.provider': {
    api: 431,
    cause: 'There is no such kind of storage driver.',
    fix: 'Give type=primary or type=image.',
  },
  'storage.maintenance-vms': {
    api: 536,
    cause: 'Virtual machines with disks on the pool are not stopped, and nothing said that they may be.',
    fix: 'Move their volumes to another pool (migrateVolume), stop them, or give stopvms=true; dryrun=true shows which.',
  },
  'storage.maintenance-stuck': {
    api: 530,
    cause: 'Some virtual machines on the pool could not be stopped; nothing new is placed on it.',
    fix: 'See why; mend that and ask for maintenance again, or cancel it with cancelStorageMaintenance.',
  },
  'storage.maintenance-over': {
    api: 431,
    cause: 'The preparation of the pool for maintenance was cancelled.',
    fix: 'Ask again if it is still wanted.',
  },
  'storage.in-use': {
    api: 536,
    cause: 'Volumes are on the pool.',
    fix: 'Delete or move them first.',
  },
  'storage.state': {
    api: 431,
    cause: 'The pool is not in a state in which this can be done.',
    fix: 'See the states that the text names.',
  },
  'storage.no-space': {
    api: 533,
    cause: 'The pool has not the space that is asked.',
    fix: 'Add a pool, free space, or raise pool.storage.allocated.capacity.disablethreshold.',
  },
})
export const storageFailure: ReturnType<typeof failures<typeof storageErrors>> = failures(storageErrors)
