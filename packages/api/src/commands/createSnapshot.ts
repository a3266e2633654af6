import { defineCommand } from '../define-command.ts'
import { snapshotResponse } from '../responses/snapshot.ts'

export const createSnapshot = defineCommand({
  name: 'createSnapshot',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'SNAPSHOT.CREATE',
  since: '2.1.0',
  description:
    'Takes a snapshot of a volume: what it holds at one moment, kept on the image store. A running guest goes on meanwhile.',
  params: {
    account: { type: 'string', description: 'Account of the volume; the owner never differs from that of the volume.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of that account.' },
    volumeid: { type: 'uuid', entity: 'Volume', access: 'operate', required: true, description: 'The volume.' },
    policyid: { type: 'uuid', entity: 'SnapshotPolicy', access: 'operate', description: 'Policy that it belongs to.' },
    quiescevm: {
      type: 'boolean',
      unsupported: {
        reason: 'There is no agent inside guests here; the disk is as after a power cut.',
        accepts: ['false'],
      },
      description: 'Ask the guest to write out its buffers first.',
    },
    locationtype: {
      type: 'string',
      unsupported: { reason: 'There is one image store, that of the server.', accepts: ['secondary'] },
      description: 'Where it is kept.',
    },
    name: { type: 'string', description: 'Name; one is made unless given.' },
    asyncbackup: {
      type: 'boolean',
      unsupported: { reason: 'The job ends when the snapshot is safe.', accepts: ['false'] },
      description: 'Answer before it is on the image store.',
    },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Resource tags that it gets, as tags[0].key and tags[0].value.',
    },
    zoneids: {
      type: 'list',
      since: '4.19.0',
      unsupported: { reason: 'Snapshots serve every zone from the store of the server.' },
      description: 'Zones to copy it to.',
    },
    storageids: {
      type: 'list',
      since: '4.21.0',
      unsupported: { reason: 'There is one image store, that of the server.' },
      description: 'Storage pools to keep it on.',
    },
    usestoragereplication: {
      type: 'boolean',
      unsupported: { reason: 'There is one image store, that of the server.', accepts: ['false'] },
      description: 'Let storage copy it.',
    },
  },
  response: snapshotResponse,
  key: 'snapshot',
})
