import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('systemctl', 'stop', 'altostack-agent'),
  undo: ({ run }) => run('systemctl', 'start', 'altostack-agent'),
  names: [
    { check: 'agent-service', status: 'fail', code: 'check.agent-service', seen: /inactive/, fix: /enable --now/ },
    { check: 'agent-link', status: 'fail', code: 'check.agent-link', seen: /not connected/, fix: /restart/ },
  ],
  heals: true,
  cutsOff: true,
})
