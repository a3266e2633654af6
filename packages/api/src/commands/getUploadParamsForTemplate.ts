import { defineCommand } from '../define-command.ts'
import { announcedImageParams } from '../params/announced-image.ts'
import { uploadParamsResponse } from '../responses/upload-params.ts'

export const getUploadParamsForTemplate = defineCommand({
  name: 'getUploadParamsForTemplate',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.UPLOAD',
  since: '4.6.0',
  description:
    'Announces a template whose image the caller sends itself: answers where to and the headers to send with it.',
  params: {
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people; the name unless given.' },
    hypervisor: { type: 'string', values: ['KVM', 'Simulator'], required: true, description: 'Hypervisor type.' },
    ostypeid: {
      type: 'uuid',
      entity: 'OsType',
      access: 'use',
      description: 'Operating system type; Other Linux (64-bit) unless given.',
    },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'CPU architecture of the image; x86_64 unless given.',
    },
    bits: { type: 'integer', min: 32, max: 64, description: '32 or 64; kept and answered.' },
    details: { type: 'map', description: 'Details for its guests, e.g. rootDiskController or nicAdapter.' },
    isdynamicallyscalable: { type: 'boolean', description: 'Whether its guests may be scaled while running.' },
    isextractable: { type: 'boolean', description: 'Whether it may be downloaded.' },
    isfeatured: { type: 'boolean', description: 'Show it among the featured; root admins only.' },
    ispublic: { type: 'boolean', description: 'Whether every account may use it.' },
    isrouting: {
      type: 'boolean',
      unsupported: { reason: 'Templates for system virtual machines are not needed here.', accepts: ['false'] },
      description: 'Whether it is for routers.',
    },
    passwordenabled: { type: 'boolean', description: 'Whether the guest takes a new password.' },
    requireshvm: {
      type: 'boolean',
      unsupported: { reason: 'Guests are always fully virtualised.', accepts: ['true'] },
      description: 'Whether it needs full virtualisation.',
    },
    sshkeyenabled: { type: 'boolean', description: 'Whether the guest takes SSH keys.' },
    templatetag: { type: 'string', description: 'Tag that hosts must carry to run its guests.' },
    deployasis: {
      type: 'boolean',
      since: '4.15.1',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.', accepts: ['false'] },
      description: 'Read settings from an OVA.',
    },
    forcks: {
      type: 'boolean',
      since: '4.21.0',
      unsupported: { reason: 'The Kubernetes service is not part of this version.', accepts: ['false'] },
      description: 'Whether it is for Kubernetes clusters.',
    },
    templatetype: {
      type: 'string',
      since: '4.22.0',
      unsupported: { reason: 'Templates are of type USER.', accepts: ['USER'] },
      description: 'Template type.',
    },
    name: { type: 'string', required: true, description: 'Name.' },
    format: { type: 'string', values: ['QCOW2'], required: true, description: 'Format of the image.' },
    ...announcedImageParams,
  },
  response: uploadParamsResponse,
  key: 'getuploadparams',
  wrapper: 'postuploadtemplateresponse',
})
