import { defineFault, sh } from '../fault.ts'

const signal = (name: string): string => `kill -${name} $(systemctl show altostack-agent -p MainPID --value)`

export const fault = defineFault({
  make: (place) => sh(place, signal('STOP')),
  undo: (place) => sh(place, signal('CONT')),
  names: [
    {
      check: 'agent-link',
      status: 'fail',
      code: 'check.agent-link',
      seen: /no answer within|not connected/,
      fix: /restart altostack-agent/,
    },
  ],
  heals: true,
  cutsOff: true,
})
