import { addRule, defineFault, removeRules } from '../fault.ts'

export const fault = defineFault({
  make: (place) => addRule(place, 'output', 'tcp dport 2049 drop'),
  undo: removeRules,
  names: [
    { check: 'nfs-port', status: 'fail', code: 'check.nfs-port', seen: /:2049 does not answer/, fix: /firewall/ },
  ],
})
