import { defineCommand } from '../define-command.ts'
import { hostResponse } from '../responses/host.ts'

export const addHost = defineCommand({
  name: 'addHost',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.CREATE',
  since: '2.1.0',
  description:
    'Adds a host: connects by SSH, runs the named checks, installs the agent and answers once it is Up. Adding the same host again answers with it, or repairs it.',
  params: {
    clusterid: { type: 'uuid', entity: 'Cluster', access: 'operate', description: 'Cluster it joins.' },
    clustername: {
      type: 'string',
      description: 'Cluster it joins by name, made when it does not exist; not together with clusterid.',
    },
    username: {
      type: 'string',
      description: 'SSH login; root, or one that may use sudo without a password. root unless given.',
    },
    password: {
      type: 'string',
      sensitive: true,
      description:
        'SSH password, used once and forgotten. Without it the server logs in with its own key (alto ssh-key).',
    },
    podid: { type: 'uuid', entity: 'Pod', access: 'operate', required: true, description: 'Pod it belongs to.' },
    url: {
      type: 'string',
      required: true,
      description: 'http://ADDRESS or http://ADDRESS:SSHPORT; the scheme is customary, SSH is spoken.',
    },
    zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', required: true, description: 'Zone of the pod.' },
    hypervisor: {
      type: 'string',
      required: true,
      values: ['KVM', 'Simulator'],
      description: "Hypervisor type; the cluster's.",
    },
    allocationstate: {
      type: 'string',
      values: ['Enabled', 'Disabled'],
      description: 'Enabled or Disabled; Enabled unless given.',
    },
    hosttags: {
      type: 'list',
      items: 'string',
      description: 'Tags, separated by commas; an offering that asks for tags runs only on hosts that carry them.',
    },
    storageaccessgroups: {
      type: 'list',
      items: 'string',
      since: '4.21.0',
      unsupported: { reason: 'Storage access groups come with storage in production form.' },
      description: 'Storage access groups.',
    },
    externaldetails: {
      type: 'map',
      since: '4.21.0',
      unsupported: { reason: 'Extensions (hypervisor type External) are not part of this version.' },
      description: 'Details for an extension.',
    },
    bridgenic: {
      type: 'string',
      since: '0.2.0',
      extension: true,
      maxLength: 15,
      description:
        "NIC, e.g. eth0, of which the management bridge is made where it is missing, in the host's own configuration; see createHostBridge.",
    },
    hostkey: {
      type: 'string',
      since: '0.1.0',
      extension: true,
      description: "SHA256:… fingerprint that the host's SSH key must have; without it the key seen first is recorded.",
    },
  },
  response: hostResponse,
  key: 'host',
  answersAsList: true,
})
