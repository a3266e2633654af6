import { defineCommand } from '../define-command.ts'
import { clusterResponse } from '../responses/cluster.ts'

export const addCluster = defineCommand({
  name: 'addCluster',
  kind: 'sync',
  roles: ['Admin'],
  event: 'CLUSTER.CREATE',
  since: '2.1.0',
  description: 'Adds a cluster to a pod. Its hosts are of one hypervisor type and one architecture.',
  params: {
    clustername: { type: 'string', required: true, description: 'Name, unique in the pod.' },
    password: {
      type: 'string',
      sensitive: true,
      unsupported: { reason: 'Clusters that another product manages (vCenter) are not part of this version.' },
      description: 'Password of what manages the cluster.',
    },
    podid: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'Pod it belongs to.' },
    url: {
      type: 'string',
      unsupported: { reason: 'Clusters that another product manages (vCenter) are not part of this version.' },
      description: 'Address of what manages the cluster.',
    },
    username: {
      type: 'string',
      unsupported: { reason: 'Clusters that another product manages (vCenter) are not part of this version.' },
      description: 'Login of what manages the cluster.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Zone of the pod.' },
    hypervisor: {
      type: 'string',
      required: true,
      values: ['KVM', 'Simulator'],
      description: 'Hypervisor type of its hosts.',
    },
    arch: {
      type: 'string',
      values: ['x86_64', 'aarch64'],
      since: '4.20',
      description: 'CPU architecture of its hosts; x86_64 unless given.',
    },
    clustertype: { type: 'string', required: true, values: ['CloudManaged'], description: 'CloudManaged.' },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Enabled or Disabled; Enabled unless given.',
    },
    vsmusername: {
      type: 'string',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Login of the Nexus switch.',
    },
    vsmpassword: {
      type: 'string',
      sensitive: true,
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Password of the Nexus switch.',
    },
    vsmipaddress: {
      type: 'string',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Address of the Nexus switch.',
    },
    guestvswitchtype: {
      type: 'string',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Kind of guest vSwitch.',
    },
    publicvswitchtype: {
      type: 'string',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Kind of public vSwitch.',
    },
    guestvswitchname: {
      type: 'string',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Guest vSwitch.',
    },
    publicvswitchname: {
      type: 'string',
      unsupported: { reason: 'It belongs to VMware clusters, which are not part of this version.' },
      description: 'Public vSwitch.',
    },
    ovm3pool: {
      type: 'string',
      unsupported: { reason: 'It belongs to Oracle VM clusters, which are not part of this version.' },
      description: 'Oracle VM pool.',
    },
    ovm3cluster: {
      type: 'string',
      unsupported: { reason: 'It belongs to Oracle VM clusters, which are not part of this version.' },
      description: 'Oracle VM cluster.',
    },
    ovm3vip: {
      type: 'string',
      unsupported: { reason: 'It belongs to Oracle VM clusters, which are not part of this version.' },
      description: 'Oracle VM address.',
    },
    storageaccessgroups: {
      type: 'list',
      items: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Storage access groups.',
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
  response: clusterResponse,
  key: 'cluster',
  answersAsList: true,
})
