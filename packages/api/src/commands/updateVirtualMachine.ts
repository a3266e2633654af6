import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const updateVirtualMachine = defineCommand({
  name: 'updateVirtualMachine',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.UPDATE',
  since: '2.1.0',
  description:
    'Changes what is kept with a virtual machine. Name, details and operating system type take effect at the next start and need it stopped.',
  params: {
    displayname: { type: 'string', description: 'New name shown to people.' },
    group: { type: 'string', description: 'Group it belongs to, made when it does not exist; empty: none.' },
    haenable: {
      type: 'boolean',
      unsupported: { reason: 'High availability is not part of this version.', accepts: ['false'] },
      description: 'Restart it elsewhere when its host dies.',
    },
    id: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    ostypeid: {
      type: 'uuid',
      entity: 'OsType',
      access: 'use',
      description: 'New operating system type; only while it is stopped.',
    },
    userdata: {
      type: 'string',
      maxLength: 1_048_576,
      since: '4.16.0',
      description: 'New Base64 data for the guest, at most 1 MiB.',
    },
    userdataid: {
      type: 'uuid',
      entity: 'UserData',
      access: 'use',
      since: '4.18',
      description: 'Registered user data, instead of userdata.',
    },
    userdatadetails: {
      type: 'map',
      since: '4.18',
      description: 'Values of the variables of registered user data: userdatadetails[0].name=value.',
    },
    displayvm: { type: 'boolean', description: 'Whether its owner sees it; root admins only.' },
    isdynamicallyscalable: {
      type: 'boolean',
      description: 'Whether CPU and memory may change while running; kept for that command.',
    },
    name: { type: 'string', since: '4.4', description: 'New host name; only while it is stopped.' },
    instancename: {
      type: 'string',
      since: '4.4',
      unsupported: { reason: 'The name on the host never changes, so that its files and logs are found.' },
      description: 'Name on the host.',
    },
    details: { type: 'map', description: 'Details that replace all it has; only while it is stopped.' },
    securitygroupids: {
      type: 'list',
      items: 'uuid',
      entity: 'SecurityGroup',
      access: 'use',
      description: 'Security groups that replace those it has; only while it is stopped.',
    },
    securitygroupnames: {
      type: 'list',
      items: 'string',
      description: 'Security groups by name, instead of securitygroupids.',
    },
    cleanupdetails: { type: 'boolean', description: 'Remove all details; only while it is stopped.' },
    dhcpoptionsnetworklist: {
      type: 'map',
      unsupported: { reason: 'DHCP options of one guest come with networks in production form.' },
      description: 'DHCP options for NICs.',
    },
    extraconfig: {
      type: 'string',
      maxLength: 5120,
      since: '4.12',
      unsupported: { reason: 'Free libvirt XML is never merged into a guest.' },
      description: 'Free libvirt XML.',
    },
    deleteprotection: {
      type: 'boolean',
      since: '4.20.0',
      description: 'Refuse destroyVirtualMachine until it is false again.',
    },
    leaseduration: {
      type: 'integer',
      since: '4.21.0',
      unsupported: { reason: 'Leases of virtual machines are not part of this version.' },
      description: 'Days until its lease ends.',
    },
    leaseexpiryaction: {
      type: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Leases of virtual machines are not part of this version.' },
      description: 'What happens then.',
    },
    cleanupextraconfig: {
      type: 'boolean',
      since: '4.23.0',
      unsupported: { reason: 'Free libvirt XML is never merged into a guest.', accepts: ['false'] },
      description: 'Remove free libvirt XML.',
    },
    customid: { type: 'string', roles: ['Admin'], since: '4.4', description: 'New UUID; root admins only.' },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
