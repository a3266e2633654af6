import { defineCommand } from '../define-command.ts'
import { storagePoolResponse } from '../responses/storage-pool.ts'

export const updateStoragePool = defineCommand({
  name: 'updateStoragePool',
  kind: 'sync',
  roles: ['Admin'],
  event: 'UPDATE.PS',
  since: '3.0.0',
  description:
    'Changes name, tags, details or the state of primary storage, or where it is while it is in maintenance.',
  params: {
    id: { type: 'uuid', entity: 'StoragePool', access: 'operate', required: true, description: 'The pool.' },
    name: { type: 'string', maxLength: 255, since: '4.15', description: 'New name.' },
    tags: { type: 'list', items: 'string', description: 'Storage tags; they replace those that it has. Empty: none.' },
    enabled: {
      type: 'boolean',
      description: 'false: nothing new is placed on it, what is there goes on (Disabled). true: back into service.',
    },
    details: {
      type: 'map',
      sensitive: true,
      since: '4.19.0',
      description:
        'Key and value pairs; those named replace their values. Mount options count from the next attach on.',
    },
    url: {
      type: 'string',
      since: '4.19.0',
      description: 'New server or export of an NFS pool in maintenance; it must hold the same files.',
    },
    capacitybytes: {
      type: 'long',
      unsupported: { reason: 'Managed storage is not supported; the capacity of others is measured.' },
      description: 'Bytes that a managed pool may use.',
    },
    capacityiops: {
      type: 'long',
      unsupported: { reason: 'Managed storage is not supported.' },
      description: 'Operations a second that a managed pool may use.',
    },
    istagarule: {
      type: 'boolean',
      unsupported: {
        reason: 'Tags are compared as text; rules written in JavaScript are not evaluated.',
        accepts: ['false'],
      },
      description: 'Whether the tags are a rule in JavaScript.',
    },
  },
  response: storagePoolResponse,
  key: 'storagepool',
})
