import { defineCommand } from '../define-command.ts'
import { templateResponse } from '../responses/template.ts'

export const listIsos = defineCommand({
  name: 'listIsos',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists ISOs that the caller may see.',
  params: {
    bootable: { type: 'boolean', description: 'Only those that are, or are not, bootable.' },
    hypervisor: { type: 'string', description: 'Only ISOs for this hypervisor type.' },
    id: { type: 'uuid', entity: 'Template', access: 'list', description: 'Only the object of this id.' },
    ispublic: { type: 'boolean', description: 'Only those that are, or are not, public.' },
    isready: { type: 'boolean', description: 'True: only those that are ready; false shows all.' },
    isofilter: {
      type: 'string',
      values: ['featured', 'self', 'selfexecutable', 'sharedexecutable', 'executable', 'community', 'shared', 'all'],
      description:
        'featured, self, selfexecutable, sharedexecutable, executable, community, shared or all (root admins); selfexecutable unless given.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    showremoved: { type: 'boolean', description: 'Deleted ones too.' },
    showunique: { type: 'boolean', since: '4.13.2', description: 'Each ISO once, not once a zone.' },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'Only ISOs of this architecture.',
    },
    oscategoryid: { type: 'uuid', since: '4.21.0', description: 'Only those of this operating system category.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description:
        'Only objects with these tags, as tags[0].key and tags[0].value; no object carries a tag yet, so the answer is empty.',
    },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
      description: 'Only those of this project.',
    },
    account: { type: 'string', description: 'Only those of this account; together with domainid.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only those of this domain; with isrecursive of the domains below too.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    keyword: { type: 'string', description: 'Only objects whose name contains this text.' },
    page: { type: 'integer', description: 'Number of the page, from 1; together with pagesize.' },
    pagesize: { type: 'integer', description: 'Objects a page, at most default.page.size; -1 for all, without page.' },
    imagestoreid: {
      type: 'uuid',
      entity: 'ImageStore',
      access: 'list',
      roles: ['Admin'],
      since: '4.19',
      description: 'Only ISOs kept on this image store.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      roles: ['Admin'],
      since: '4.19',
      description: 'Only ISOs that have a copy on this storage pool.',
    },
  },
  response: templateResponse,
  key: 'iso',
})
