import { defineCommand } from '../define-command.ts'
import { virtualMachineResponse } from '../responses/virtual-machine.ts'

export const importUnmanagedInstance = defineCommand({
  name: 'importUnmanagedInstance',
  kind: 'async',
  roles: ['Admin'],
  event: 'VM.IMPORT',
  since: '4.14.0',
  description:
    'Takes a guest that somebody else made on a host under management; a running one runs on. Its disks must be on a storage pool of its host.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'use', required: true, description: 'The cluster.' },
    name: { type: 'string', required: true, maxLength: 63, description: 'Name of the guest in libvirt; it stays.' },
    displayname: { type: 'string', maxLength: 255, description: 'Name shown; that in libvirt unless given.' },
    hostname: { type: 'string', maxLength: 63, description: "The guest's host name; that in libvirt unless given." },
    account: { type: 'string', description: 'Account that it becomes; together with domainid.' },
    domainid: { type: 'uuid', entity: 'Domain', access: 'use', description: 'Domain of the account.' },
    projectid: {
      type: 'uuid',
      unsupported: { reason: 'Projects are not part of this version.' },
      description: 'Project that it becomes.',
    },
    templateid: {
      type: 'uuid',
      entity: 'Template',
      access: 'use',
      description: 'Template that it is said to be of; only kept.',
    },
    serviceofferingid: {
      type: 'uuid',
      entity: 'ServiceOffering',
      access: 'use',
      required: true,
      description: 'Service offering with the CPUs and memory of the guest; a customized one takes them from it.',
    },
    nicnetworklist: {
      type: 'map',
      fields: { nic: true, network: true },
      description: 'Network of each NIC: nicnetworklist[0].nic (its id in listUnmanagedInstances) and .network.',
    },
    nicipaddresslist: {
      type: 'map',
      fields: { nic: true, ip4Address: true },
      description:
        'IPv4 address of each NIC in a network that gives addresses: nicipaddresslist[0].nic and .ip4Address, or auto for one that does not run.',
    },
    datadiskofferinglist: {
      type: 'map',
      fields: { disk: true, diskOffering: true },
      description: 'Disk offering of each data disk: datadiskofferinglist[0].disk (its id) and .diskOffering.',
    },
    details: {
      type: 'map',
      description: 'Details: details[0].cpuSpeed for a customized offering that leaves it open.',
    },
    migrateallowed: {
      type: 'boolean',
      unsupported: {
        reason: 'Nothing is moved by an import: the disks must be on pools that suit their offerings.',
        accepts: ['false'],
      },
      description: 'Whether it may be moved to suit its offerings.',
    },
    forced: {
      type: 'boolean',
      description: 'Give a NIC that does not run another MAC address where its own is in use.',
    },
  },
  response: virtualMachineResponse,
  key: 'virtualmachine',
})
