import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { snapshotResponse } from '../responses/snapshot.ts'

export const listSnapshots = defineCommand({
  name: 'listSnapshots',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists snapshots of volumes.',
  params: {
    id: { type: 'uuid', entity: 'Snapshot', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'Snapshot',
      access: 'list',
      since: '4.9',
      description: 'Only the objects of these ids, separated by commas; not together with id.',
    },
    intervaltype: {
      type: 'string',
      values: ['MANUAL', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY'],
      description: 'Only those of this interval.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    snapshottype: {
      type: 'string',
      values: ['MANUAL', 'RECURRING'],
      description: 'MANUAL, or RECURRING for those of policies.',
    },
    volumeid: { type: 'uuid', entity: 'Volume', access: 'list', description: 'Only those of this volume.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those of this zone.' },
    showunique: { type: 'boolean', since: '4.19.0', description: 'Each snapshot once; each is there once anyway.' },
    locationtype: {
      type: 'string',
      values: ['primary', 'secondary'],
      since: '4.19.0',
      description: 'Only those kept there.',
    },
    tags: {
      type: 'map',
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    ...projectOfObject,
    account: { type: 'string', description: 'Only objects of this account; given together with domainid.' },
    listall: { type: 'boolean', description: 'Also those of other accounts that the caller may see.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'list', description: 'Only objects of this domain.' },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: also of the domains below.' },
    keyword: { type: 'string', description: 'Only those whose name contains this.' },
    page: { type: 'integer', description: 'Page, from 1; given together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page.' },
    imagestoreid: {
      type: 'uuid',
      entity: 'ImageStore',
      access: 'list',
      roles: ['Admin'],
      since: '4.19',
      description: 'Only those on this image store.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      roles: ['Admin'],
      since: '4.19',
      description: 'Only those of volumes on this storage pool; root admins only.',
    },
  },
  response: snapshotResponse,
  key: 'snapshot',
})
