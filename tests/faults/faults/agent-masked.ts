import { defineFault, sh } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('systemctl', 'mask', '--now', 'altostack-agent'),
  undo: (place) => sh(place, 'systemctl unmask altostack-agent; systemctl start altostack-agent'),
  names: [
    { check: 'agent-service', status: 'fail', code: 'check.agent-service', seen: /masked/, fix: /unmask/ },
    { check: 'heartbeat', status: 'fail', code: 'check.heartbeat', seen: /Disconnected|Alert/, fix: /altostack-agent/ },
  ],
  cutsOff: true,
})
