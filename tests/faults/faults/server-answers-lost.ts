import { addRule, defineFault, removeRules } from '../fault.ts'

/** One way only: what the host sends arrives, the answers do not. */
export const fault = defineFault({
  make: (place) => addRule(place, 'input', 'tcp sport 8250 drop'),
  undo: removeRules,
  names: [
    { check: 'server-port', status: 'fail', code: 'check.server-port', seen: /does not answer within/, fix: /8250/ },
    {
      check: 'firewall',
      status: 'fail',
      code: 'check.firewall',
      seen: /input handle \d+ \(drop\) blocks 8250/,
      fix: /nft delete rule/,
    },
  ],
  cutsOff: true,
})
