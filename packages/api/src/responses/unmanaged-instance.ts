import { defineResponse } from '../define-response.ts'

export const unmanagedInstanceResponse = defineResponse({
  name: 'UnmanagedInstanceResponse',
  fields: {
    name: { type: 'string', description: 'Name in libvirt.' },
    clusterid: { type: 'string', description: 'Id of the cluster.' },
    clustername: { type: 'string', description: 'Name of the cluster.' },
    hostid: { type: 'string', description: 'Id of the host.' },
    hostname: { type: 'string', description: 'Name of the host.' },
    hypervisor: { type: 'string', description: 'Hypervisor type.' },
    hypervisorversion: { type: 'string', description: 'Version of the hypervisor.' },
    powerstate: { type: 'string', description: 'PowerOn, PowerOff or PowerUnknown.' },
    cpunumber: { type: 'integer', description: 'Number of CPUs.' },
    cpucorepersocket: { type: 'integer', description: 'Cores a socket.' },
    cpuspeed: { type: 'integer', description: 'Speed of one CPU in MHz, which libvirt does not keep: 0.' },
    memory: { type: 'integer', description: 'Memory in MiB.' },
    osid: { type: 'string', description: 'Id of the operating system; nothing on KVM tells it.' },
    osdisplayname: { type: 'string', description: 'Name of the operating system; nothing on KVM tells it.' },
    bootmode: { type: 'string', description: 'LEGACY.' },
    boottype: { type: 'string', description: 'BIOS or UEFI.' },
    disk: { type: 'list', description: 'Disks: id, label, capacity, imagepath, controller, datastore.' },
    nic: { type: 'list', description: 'NICs: id, macaddress, adaptertype and the bridge as networkname.' },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
    refusals: {
      type: 'list',
      since: '0.1.0',
      extension: true,
      description: 'What stands against importing it, each with what to do; empty where nothing is known.',
    },
  },
})
