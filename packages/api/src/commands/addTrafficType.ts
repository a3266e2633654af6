import { defineCommand } from '../define-command.ts'
import { trafficTypeResponse } from '../responses/traffic-type.ts'

export const addTrafficType = defineCommand({
  name: 'addTrafficType',
  kind: 'create',
  roles: ['Admin'],
  event: 'TRAFFIC.TYPE.CREATE',
  since: '3.0.0',
  description: 'Lets a physical network carry a kind of traffic.',
  params: {
    physicalnetworkid: {
      type: 'uuid',
      entity: 'PhysicalNetwork',
      access: 'operate',
      required: true,
      description: 'Physical network that carries it.',
    },
    traffictype: {
      type: 'string',
      required: true,
      values: ['Management', 'Guest', 'Public', 'Storage'],
      description: 'Management, Guest, Public or Storage.',
    },
    xennetworklabel: { type: 'string', description: 'Network label on hosts of that hypervisor; kept and answered.' },
    kvmnetworklabel: {
      type: 'string',
      description: "Bridge on KVM hosts; for guest traffic the agent's guest.network.device unless given.",
    },
    vmwarenetworklabel: {
      type: 'string',
      description: 'Network label on hosts of that hypervisor; kept and answered.',
    },
    hypervnetworklabel: {
      type: 'string',
      description: 'Network label on hosts of that hypervisor; kept and answered.',
    },
    ovm3networklabel: { type: 'string', description: 'Network label on hosts of that hypervisor; kept and answered.' },
    vlan: {
      type: 'string',
      unsupported: { reason: 'VLANs come with networks in production form; guest networks are untagged here.' },
      description: 'VLAN of management traffic.',
    },
    isolationmethod: {
      type: 'string',
      unsupported: { reason: 'VLAN is the only isolation method.', accepts: ['VLAN'] },
      description: 'How guest networks are kept apart.',
    },
  },
  response: trafficTypeResponse,
  key: 'traffictype',
})
