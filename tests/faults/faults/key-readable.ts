import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: ({ run }) => run('chmod', '644', '/etc/cloudstack/agent/cloud.key'),
  undo: ({ run }) => run('chmod', '600', '/etc/cloudstack/agent/cloud.key'),
  names: [
    {
      check: 'file-modes',
      status: 'fail',
      code: 'check.file-modes',
      seen: /cloud\.key is 644: everybody/,
      fix: /chmod/,
    },
  ],
  heals: true,
})
