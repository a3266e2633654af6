import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

const notConverted = {
  reason: 'Guests of other hypervisors are not converted in this version: bring their disks as files.',
} as const
const notFetched = {
  reason: 'Disks are not fetched from other hosts in this version: copy the file to the pool first.',
} as const

export const importVm = defineCommand({
  name: 'importVm',
  kind: 'async',
  roles: ['Admin'],
  event: 'VM.IMPORT',
  since: '4.19.0',
  description:
    'Makes a virtual machine of a disk that lies as a file on a storage pool. The file is examined as any image from outside and becomes its root disk; it is Stopped then.',
  params: {
    zoneid: { type: 'uuid', entity: 'Zone', access: 'use', required: true, description: 'The zone.' },
    clusterid: {
      type: 'uuid',
      entity: 'Cluster',
      access: 'use',
      required: true,
      description: 'Cluster of the host that reaches the disk.',
    },
    hypervisor: { type: 'string', required: true, values: ['KVM'], description: 'KVM.' },
    importsource: {
      type: 'string',
      required: true,
      description: 'shared or local: where the pool of the disk is. external and vmware are not part of this version.',
    },
    name: { type: 'string', required: true, maxLength: 63, description: 'Name of the virtual machine.' },
    displayname: { type: 'string', maxLength: 255, description: 'Name shown; the name unless given.' },
    hostname: { type: 'string', maxLength: 63, description: "The guest's host name; the name unless given." },
    diskpath: {
      type: 'string',
      maxLength: 1024,
      description: 'Name of the file on the pool, or its path on the hosts; listVolumesForImport shows what there is.',
    },
    storageid: {
      type: 'uuid',
      entity: 'StoragePool',
      access: 'use',
      description: 'Storage pool that the file lies on; with local, that of the host unless given.',
    },
    hostid: { type: 'uuid', entity: 'Host', access: 'use', description: 'With local: host that has the pool.' },
    networkid: { type: 'uuid', entity: 'Network', access: 'use', description: 'Network of its one NIC.' },
    account: { type: 'string', description: 'Account that it becomes; together with domainid.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    serviceofferingid: {
      type: 'uuid',
      entity: 'ServiceOffering',
      access: 'use',
      required: true,
      description: 'Service offering; a customized one takes cpuNumber, cpuSpeed and memory from the details.',
    },
    templateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'use',
      description: 'Template that it is said to be of; only kept.',
    },
    details: { type: 'map', description: 'Details: details[0].cpuNumber, memory, rootDiskController, nicAdapter.' },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.' },
      description: 'Of imports that are not part of this version.',
    },
    username: {
      type: 'string',
      unsupported: notFetched,
      description: 'Of imports that are not part of this version.',
    },
    password: {
      type: 'string',
      sensitive: true,
      unsupported: notFetched,
      description: 'Of imports that are not part of this version.',
    },
    host: {
      type: 'string',
      unsupported: notFetched,
      description: 'Of imports that are not part of this version.',
    },
    temppath: {
      type: 'string',
      unsupported: notFetched,
      description: 'Of imports that are not part of this version.',
    },
    existingvcenterid: {
      type: 'uuid',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    hostip: {
      type: 'string',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    vcenter: {
      type: 'string',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    datacentername: {
      type: 'string',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    clustername: {
      type: 'string',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    convertinstancehostid: {
      type: 'uuid',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    importinstancehostid: {
      type: 'uuid',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    convertinstancepoolid: {
      type: 'uuid',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    forcemstoimportvmfiles: {
      type: 'boolean',
      unsupported: { ...notConverted, accepts: ['false'] },
      description: 'Of imports that are not part of this version.',
    },
    extraparams: {
      type: 'string',
      unsupported: notConverted,
      description: 'Of imports that are not part of this version.',
    },
    forceconverttopool: {
      type: 'boolean',
      unsupported: { ...notConverted, accepts: ['false'] },
      description: 'Of imports that are not part of this version.',
    },
    usevddk: {
      type: 'boolean',
      unsupported: { ...notConverted, accepts: ['false'] },
      description: 'Of imports that are not part of this version.',
    },
    osid: {
      type: 'uuid',
      unsupported: { reason: 'The operating system type is that of the template.' },
      description: 'Of imports that are not part of this version.',
    },
    nicnetworklist: {
      type: 'map',
      unsupported: { reason: 'It gets one NIC: name its network in networkid; addNicToVirtualMachine adds more.' },
      description: 'Of imports that are not part of this version.',
    },
    nicipaddresslist: {
      type: 'map',
      unsupported: { reason: 'The network gives the address.' },
      description: 'Of imports that are not part of this version.',
    },
    datadiskofferinglist: {
      type: 'map',
      unsupported: { reason: 'One disk is imported; importVolume and attachVolume bring more.' },
      description: 'Of imports that are not part of this version.',
    },
    migrateallowed: {
      type: 'boolean',
      unsupported: { reason: 'Nothing is moved by an import.', accepts: ['false'] },
      description: 'Of imports that are not part of this version.',
    },
    forced: {
      type: 'boolean',
      unsupported: { reason: 'There is nothing that could be forced.', accepts: ['false'] },
      description: 'Of imports that are not part of this version.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
