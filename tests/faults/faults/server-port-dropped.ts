import { addRule, defineFault, removeRules } from '../fault.ts'

export const fault = defineFault({
  make: (place) => addRule(place, 'output', 'tcp dport 8250 drop'),
  undo: removeRules,
  names: [
    { check: 'server-port', status: 'fail', code: 'check.server-port', seen: /does not answer within/, fix: /8250/ },
    {
      check: 'firewall',
      status: 'fail',
      code: 'check.firewall',
      seen: /output handle \d+ \(drop\) blocks 8250/,
      fix: /nft delete rule/,
    },
  ],
  cutsOff: true,
})
