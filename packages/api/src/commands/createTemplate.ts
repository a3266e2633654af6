import { defineCommand } from '../define-command.ts'
import { projectOfObject } from '../params/ownership.ts'
import { templateResponse } from '../responses/template.ts'

export const createTemplate = defineCommand({
  name: 'createTemplate',
  kind: 'create',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'TEMPLATE.CREATE',
  since: '2.1.0',
  description: 'Makes a template of a snapshot, or of a volume that nobody has open.',
  params: {
    bits: {
      type: 'integer',
      unsupported: { reason: 'Guests have 64 bits here.', accepts: ['64'] },
      description: '32 or 64.',
    },
    displaytext: { type: 'string', maxLength: 4096, description: 'Text shown to people; the name unless given.' },
    isfeatured: { type: 'boolean', description: 'Whether it is featured; root admins only.' },
    ispublic: { type: 'boolean', description: 'Whether every account may use it.' },
    name: { type: 'string', required: true, description: 'Name.' },
    ostypeid: { type: 'uuid', entity: 'OsType', access: 'use', required: true, description: 'Operating system type.' },
    passwordenabled: { type: 'boolean', description: 'Whether the guest takes a new password.' },
    sshkeyenabled: { type: 'boolean', description: 'Whether the guest takes SSH keys.' },
    requireshvm: {
      type: 'boolean',
      unsupported: { reason: 'It is decided by the host.', accepts: ['true'] },
      description: 'Whether it needs hardware virtualisation.',
    },
    snapshotid: {
      type: 'uuid',
      entity: 'Snapshot',
      access: 'use',
      description: 'Snapshot that it is made of; or volumeid.',
    },
    volumeid: {
      type: 'uuid',
      entity: 'Volume',
      access: 'operate',
      description: 'Volume that it is made of; detached or of a stopped virtual machine.',
    },
    virtualmachineid: {
      type: 'uuid',
      unsupported: { reason: 'Name the volume itself.' },
      description: 'Virtual machine of the volume.',
    },
    url: {
      type: 'string',
      maxLength: 2048,
      unsupported: { reason: 'registerTemplate fetches images.' },
      description: 'URL of an image.',
    },
    templatetag: { type: 'string', description: 'Host tag that hosts must carry.' },
    details: { type: 'map', description: 'Free key and value pairs kept with it.' },
    isdynamicallyscalable: { type: 'boolean', description: 'Whether CPU and memory may change while running.' },
    ...projectOfObject,
    zoneid: {
      type: 'uuid',
      entity: 'Zone',
      access: 'use',
      since: '4.19.0',
      description: 'Zone it is for; every zone unless given.',
    },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', since: '4.19.0', description: 'Domain of the account.' },
    account: { type: 'string', since: '4.19.0', description: 'Account that owns it; given together with domainid.' },
    arch: { type: 'string', values: ['x86_64', 'aarch64', 's390x'], since: '4.20.2', description: 'Architecture.' },
  },
  response: templateResponse,
  key: 'template',
})
