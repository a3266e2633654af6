import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: async ({ env }) => await env.lab.nas?.host.exec(['systemctl', 'stop', 'rpcbind.socket', 'rpcbind.service']),
  undo: async ({ env }) =>
    await env.lab.nas?.host.exec(['systemctl', 'restart', 'rpcbind.socket', 'rpcbind.service', 'nfs-ganesha']),
  names: [
    { check: 'nfs-rpc', status: 'warn', code: 'check.nfs-rpc', seen: /RPC|portmapper|no answer/, fix: /rpcbind/ },
  ],
})
