import { addRule, defineFault, removeRules } from '../fault.ts'

export const fault = defineFault({
  make: (place) => addRule(place, 'input', 'tcp dport 16514 reject'),
  undo: removeRules,
  names: [
    {
      check: 'firewall',
      status: 'fail',
      code: 'check.firewall',
      seen: /inet doctor_fault input handle \d+ \(reject\) blocks 16514/,
      fix: /nft delete rule inet doctor_fault input handle/,
    },
  ],
})
