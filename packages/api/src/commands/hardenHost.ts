import { defineCommand } from '../define-command.ts'
import { hostHardeningResponse } from '../responses/host-hardening.ts'

export const hardenHost = defineCommand({
  name: 'hardenHost',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin'],
  event: 'HOST.HARDEN',
  since: '0.2.0',
  description:
    'Opens consoles (5900-6100), libvirt (16514), migrations (49152-49215) and 8250 on a host to management servers and hosts of its pod only, by an nftables table of its own that follows hosts as they come and go. Other tables and firewalls are left alone.',
  params: {
    id: { type: 'uuid', entity: 'Host', access: 'operate', required: true, description: 'The host.' },
    undo: { type: 'boolean', description: 'Takes the hardening back.' },
  },
  response: hostHardeningResponse,
  key: 'hosthardening',
  extension: true,
})
