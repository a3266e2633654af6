import { defineCommand } from '../define-command.ts'
import { templateResponse } from '../responses/template.ts'

export const updateTemplate = defineCommand({
  name: 'updateTemplate',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.UPDATE',
  since: '2.1.0',
  description: 'Changes what is said about a template.',
  params: {
    templatetype: {
      type: 'string',
      unsupported: { reason: 'Templates are of type USER.', accepts: ['USER'] },
      description: 'Template type.',
    },
    templatetag: {
      type: 'string',
      since: '4.20.0',
      description: 'Tag that hosts must carry to run its guests; root admins only. Empty takes it away.',
    },
    forcks: {
      type: 'boolean',
      since: '4.21.0',
      unsupported: { reason: 'The Kubernetes service is not part of this version.', accepts: ['false'] },
      description: 'Whether it is for Kubernetes clusters.',
    },
    bootable: { type: 'boolean', description: 'Whether a guest may boot from it.' },
    requireshvm: {
      type: 'boolean',
      unsupported: { reason: 'Guests are always fully virtualised.', accepts: ['true'] },
      description: 'Whether it needs full virtualisation.',
    },
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people.' },
    id: { type: 'uuid', entity: 'Template', access: 'operate', required: true, description: 'The template.' },
    name: { type: 'string', description: 'New name.' },
    ostypeid: { type: 'uuid', entity: 'OsType', access: 'use', description: 'New operating system type.' },
    forceupdateostype: {
      type: 'boolean',
      since: '4.21',
      description: 'Also the OS type of virtual machines that were made from it.',
    },
    format: { type: 'string', values: ['QCOW2'], description: 'Format of the image.' },
    passwordenabled: { type: 'boolean', description: 'Whether its guests take a new password.' },
    sshkeyenabled: { type: 'boolean', description: 'Whether its guests take SSH keys.' },
    sortkey: { type: 'integer', description: 'Place in lists: lower ones come first.' },
    isdynamicallyscalable: { type: 'boolean', description: 'Whether its guests may be scaled while running.' },
    isrouting: {
      type: 'boolean',
      unsupported: { reason: 'Templates for system virtual machines are not needed here.', accepts: ['false'] },
      description: 'Whether it is for routers.',
    },
    details: {
      type: 'map',
      description:
        'Details for its guests, e.g. rootDiskController or nicAdapter; those named replace all that were there.',
    },
    cleanupdetails: { type: 'boolean', description: 'Take all details away; not together with details.' },
    arch: { type: 'string', values: ['x86_64', 'aarch64'], since: '4.20', description: 'CPU architecture.' },
  },
  response: templateResponse,
  key: 'template',
})
