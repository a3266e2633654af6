import { defineCommand } from '../define-command.ts'
import { listOwnership, projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { templateResponse } from '../responses/template.ts'

export const listTemplates = defineCommand({
  name: 'listTemplates',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists templates that the caller may see.',
  params: {
    hypervisor: { type: 'string', description: 'Only templates for this hypervisor type.' },
    id: { type: 'uuid', entity: 'Template', access: 'list', description: 'Only the object of this id.' },
    ids: {
      type: 'list',
      items: 'uuid',
      entity: 'Template',
      access: 'list',
      since: '4.9',
      description: 'Only the objects of these ids, separated by commas; not together with id.',
    },
    name: { type: 'string', description: 'Only those of this name.' },
    templatefilter: {
      type: 'string',
      required: true,
      values: ['featured', 'self', 'selfexecutable', 'sharedexecutable', 'executable', 'community', 'shared', 'all'],
      description:
        'featured, self, selfexecutable, sharedexecutable, executable, community, shared or all (root admins).',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', description: 'Only those in this zone.' },
    showremoved: { type: 'boolean', description: 'Deleted ones too.' },
    showunique: { type: 'boolean', since: '4.13.2', description: 'Each template once, not once a zone.' },
    parenttemplateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'list',
      since: '4.4',
      description: 'Only templates below this one; none is.',
    },
    details: {
      type: 'list',
      items: 'string',
      values: ['all', 'min', 'resource'],
      since: '4.15',
      description: 'Groups of fields to fill: all or min; all unless given.',
    },
    templatetype: { type: 'string', since: '4.19.0', description: 'Only those of this type.' },
    isvnf: {
      type: 'boolean',
      since: '4.19.0',
      unsupported: { reason: 'Virtual network functions are not part of this version.', accepts: ['false'] },
      description: 'Only virtual network functions.',
    },
    forcks: {
      type: 'boolean',
      since: '4.21.0',
      unsupported: { reason: 'The Kubernetes service is not part of this version.', accepts: ['false'] },
      description: 'Only templates for Kubernetes clusters.',
    },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'Only templates of this architecture.',
    },
    oscategoryid: { type: 'uuid', since: '4.21.0', description: 'Only those of this operating system category.' },
    extensionid: {
      type: 'uuid',
      since: '4.21.0',
      unsupported: { reason: 'Extensions (hypervisor type External) are not part of this version.' },
      description: 'Extension of hypervisor type External.',
    },
    isready: { type: 'boolean', since: '4.21.0', description: 'Only those that are, or are not, ready.' },
    showicon: { type: 'boolean', description: 'Add the icon of each; there are none yet, so it changes nothing.' },
    tags: {
      type: 'map',
      fields: { key: true, value: true },
      description: 'Only objects with one of these tags, as tags[0].key and tags[0].value.',
    },
    ...projectOfList,
    ...listOwnership,
    ...namePaging,
    imagestoreid: {
      type: 'uuid',
      entity: 'ImageStore',
      access: 'list',
      roles: ['Admin'],
      since: '4.19',
      description: 'Only templates kept on this image store.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'list',
      roles: ['Admin'],
      since: '4.19',
      description: 'Only templates kept on this storage pool.',
    },
  },
  response: templateResponse,
  key: 'template',
})
