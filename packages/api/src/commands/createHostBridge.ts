import { defineCommand } from '../define-command.ts'
import { hostBridgeResponse } from '../responses/host-bridge.ts'

export const createHostBridge = defineCommand({
  name: 'createHostBridge',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.BRIDGE',
  since: '0.2.0',
  description:
    "Makes a bridge on a host in the distribution's own configuration (ifupdown, netplan, NetworkManager, systemd-networkd): the NIC becomes its port, the bridge takes the address. The host goes back by itself unless this server reaches it again within a minute.",
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', description: 'The host; or url, before it is one.' },
    url: { type: 'string', description: 'http://ADDRESS or http://ADDRESS:SSHPORT of a machine that is no host yet.' },
    username: { type: 'string', description: 'SSH login with url; root unless given.' },
    password: {
      type: 'string',
      sensitive: true,
      description: "SSH password with url, used once and forgotten; the server's own key without it.",
    },
    nic: { type: 'string', required: true, maxLength: 15, description: 'NIC that becomes a port, e.g. eth0.' },
    bridge: { type: 'string', maxLength: 15, description: 'Name of the bridge; cloudbr0 unless given.' },
  },
  response: hostBridgeResponse,
  key: 'hostbridge',
  extension: true,
})
