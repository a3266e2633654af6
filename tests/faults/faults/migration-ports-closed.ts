import { addRule, defineFault, removeRules } from '../fault.ts'

export const fault = defineFault({
  make: (place) => addRule(place, 'input', 'tcp dport 49000-49300 drop'),
  undo: removeRules,
  names: [
    {
      check: 'firewall',
      status: 'fail',
      code: 'check.firewall',
      seen: /blocks 49152-49215, migration/,
      fix: /nft delete rule/,
    },
  ],
})
