import { defineFault } from '../fault.ts'

export const fault = defineFault({
  make: async ({ env }) => await env.lab.nas?.host.freeze(),
  undo: async ({ env }) => await env.lab.nas?.host.thaw(),
  names: [
    {
      check: 'root-write',
      status: 'fail',
      code: 'pool.unreachable',
      seen: /does not come back|hangs/,
      fix: /storage server/,
    },
  ],
})
