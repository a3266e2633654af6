import { defineFault } from '../fault.ts'

const file = '/etc/cloudstack/agent/agent.properties'

export const fault = defineFault({
  make: ({ run }) => run('chmod', '666', file),
  undo: ({ run }) => run('chmod', '640', file),
  names: [
    { check: 'file-modes', status: 'fail', code: 'check.file-modes', seen: /agent\.properties is 666/, fix: /chmod/ },
  ],
  heals: true,
})
