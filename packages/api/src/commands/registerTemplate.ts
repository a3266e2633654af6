import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { templateResponse } from '../responses/template.ts'

export const registerTemplate = defineCommand({
  name: 'registerTemplate',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.CREATE',
  since: '2.1.0',
  description:
    'Registers a template: the server fetches, checks and keeps the image and gives it to storage pools as they need it.',
  params: {
    bits: { type: 'integer', min: 32, max: 64, description: '32 or 64; kept and answered.' },
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people; the name unless given.' },
    format: {
      type: 'string',
      required: true,
      values: ['QCOW2'],
      description: 'Format of the image; qcow2 without backing file or external data.',
    },
    hypervisor: { type: 'string', required: true, values: ['KVM', 'Simulator'], description: 'Hypervisor type.' },
    isfeatured: { type: 'boolean', description: 'Show it among the featured; root admins only.' },
    ispublic: { type: 'boolean', description: 'Whether every account may use it.' },
    name: { type: 'string', required: true, description: 'Name.' },
    ostypeid: {
      type: 'uuid',
      entity: 'OsType',
      access: 'use',
      description: 'Operating system type; Other Linux (64-bit) unless given.',
    },
    passwordenabled: { type: 'boolean', description: 'Whether the guest takes a new password.' },
    sshkeyenabled: { type: 'boolean', description: 'Whether the guest takes SSH keys.' },
    isextractable: { type: 'boolean', description: 'Whether it may be downloaded; kept for that command.' },
    requireshvm: {
      type: 'boolean',
      unsupported: { reason: 'Guests are always fully virtualised.', accepts: ['true'] },
      description: 'Whether it needs full virtualisation.',
    },
    url: {
      type: 'string',
      required: true,
      maxLength: 2048,
      description:
        'http or https address of the image; private addresses only where alto.fetch.allowed.cidrs names them.',
    },
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      absent: ['-1'],
      description: 'Zone it is registered in; -1 or none for all.',
    },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'use',
      description: 'Domain of the account, or the domain to look in.',
    },
    account: { type: 'string', description: 'Account that owns the object; together with domainid.' },
    checksum: {
      type: 'string',
      description:
        'Checksum that the image must have: hexadecimal digits, or {ALGORITHM}digits with MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512.',
    },
    templatetag: { type: 'string', description: 'Tag that hosts must carry to run its guests.' },
    ...projectOfObject,
    details: { type: 'map', description: 'Details for its guests, e.g. rootDiskController or nicAdapter.' },
    isdynamicallyscalable: {
      type: 'boolean',
      description: 'Whether its guests may be scaled while running; kept for that command.',
    },
    isrouting: {
      type: 'boolean',
      unsupported: { reason: 'Templates for system virtual machines are not needed here.', accepts: ['false'] },
      description: 'Whether it is for routers.',
    },
    zoneids: {
      type: 'list',
      items: 'uuid',
      entity: 'Zone',
      access: 'use',
      absent: ['-1'],
      description: 'Zones it is registered in, separated by commas; instead of zoneid.',
    },
    directdownload: {
      type: 'boolean',
      unsupported: { reason: 'The server fetches and checks every image.', accepts: ['false'] },
      description: 'Let hosts fetch it themselves.',
    },
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
      since: '4.19.0',
      unsupported: { reason: 'Templates are of type USER.', accepts: ['USER'] },
      description: 'Template type.',
    },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'CPU architecture of the image; x86_64 unless given.',
    },
    extensionid: {
      type: 'uuid',
      since: '4.21.0',
      unsupported: { reason: 'Extensions (hypervisor type External) are not part of this version.' },
      description: 'Extension of hypervisor type External.',
    },
    externaldetails: {
      type: 'map',
      since: '4.21.0',
      unsupported: { reason: 'Extensions (hypervisor type External) are not part of this version.' },
      description: 'Details for an extension.',
    },
  },
  response: templateResponse,
  key: 'template',
  answersAsList: true,
})
