import { defineCommand } from '../define-command.ts'
import { projectOfList } from '../params/ownership.ts'
import { namePaging } from '../params/paging.ts'
import { serviceOfferingResponse } from '../responses/service-offering.ts'

export const listServiceOfferings = defineCommand({
  name: 'listServiceOfferings',
  kind: 'list',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  since: '2.1.0',
  description: 'Lists service offerings that the caller may use.',
  params: {
    id: { type: 'uuid', entity: 'ServiceOffering', access: 'list', description: 'Only the object of this id.' },
    name: { type: 'string', description: 'Only those of this name.' },
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'list',
      description: 'Offerings that this virtual machine could change to.',
    },
    issystem: { type: 'boolean', description: 'True: those for system virtual machines, of which there are none.' },
    systemvmtype: { type: 'string', description: 'Only those for this kind of system virtual machine.' },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'list', since: '4.13', description: 'Only those in this zone.' },
    cpunumber: { type: 'integer', since: '4.15', description: 'Only offerings with at least this many CPUs.' },
    memory: { type: 'integer', since: '4.15', description: 'Only offerings with at least this much memory in MiB.' },
    cpuspeed: { type: 'integer', since: '4.15', description: 'Only offerings with at least this CPU speed in MHz.' },
    encryptroot: {
      type: 'boolean',
      since: '4.18',
      unsupported: { reason: 'Encrypted volumes are not part of this version.', accepts: ['false'] },
      description: 'Only those that encrypt root disks.',
    },
    storagetype: {
      type: 'string',
      values: ['shared', 'local'],
      since: '4.19',
      description: 'Only those with this kind of storage.',
    },
    state: { type: 'string', values: ['Active', 'Inactive'], since: '4.19', description: 'Active or Inactive.' },
    templateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'list',
      since: '4.20.0',
      description: 'Only offerings that suit this template.',
    },
    vgpuprofileid: {
      type: 'uuid',
      since: '4.21.0',
      unsupported: { reason: 'GPU offerings are not part of this version.' },
      description: 'GPU profile.',
    },
    gpuenabled: {
      type: 'boolean',
      since: '4.21.0',
      unsupported: { reason: 'GPU offerings are not part of this version.', accepts: ['false'] },
      description: 'Only those with GPU.',
    },
    ...projectOfList,
    account: { type: 'string', description: 'Only offerings that this account may use.' },
    listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
    domainid: {
      type: 'uuid',
      entity: 'Domain',
      access: 'list',
      description: 'Only offerings of this domain and the public ones.',
    },
    isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
    ...namePaging,
  },
  response: serviceOfferingResponse,
  key: 'serviceoffering',
})
