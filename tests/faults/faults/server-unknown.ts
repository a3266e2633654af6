import { defineFault, sh } from '../fault.ts'

const file = '/etc/cloudstack/agent/agent.properties'

export const fault = defineFault({
  make: (place) => sh(place, `cp -a ${file} /root/kept; sed -i 's/^host=.*/host=10.255.255.1:8250/' ${file}`),
  undo: (place) => sh(place, `cat /root/kept > ${file}`),
  names: [
    {
      check: 'agent-settings',
      status: 'fail',
      code: 'check.agent-settings',
      seen: /host=10\.255\.255\.1:8250, but the management server is/,
      fix: /agent\.properties/,
    },
  ],
  heals: true,
})
