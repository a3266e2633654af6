import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jobText, movesText } from './why-text.ts'

test('moves: newest first, what was seen, what to do, and that there are older ones', () => {
  const moves = [
    {
      time: '2026-01-02T03:04:05+0000',
      from: 'Up',
      to: 'Alert',
      cause: 'agent.ping-timeout',
      fix: 'Look at the agent.',
      evidence: { silentMs: 60_000, fix: 'Look at the agent.' },
    },
    { time: '2026-01-01T00:00:00+0000', to: 'Up', cause: 'agent.connected' },
  ]
  assert.equal(
    movesText('host kvm1', 'Alert', moves, 7, undefined),
    [
      'host kvm1 is Alert',
      '2026-01-02T03:04:05+0000  Up → Alert  agent.ping-timeout',
      '    silentMs: 60000',
      '    what to do: Look at the agent.',
      '2026-01-01T00:00:00+0000  Up  agent.connected',
      '5 older moves: --limit 7',
      '',
    ].join('\n'),
  )
  assert.match(movesText('vm a', 'Running', [], 0, 0), /as of 1970-01-01T00:00:00.000Z; it is Running now\n.*nothing/)
})

test('a failed job: its steps, its code and what to do', () => {
  const text = jobText({
    jobid: 'j',
    cmd: 'startVirtualMachine',
    jobstatus: 2,
    created: 'then',
    steps: [{ name: 'place', status: 'done', attempts: 2 }],
    jobresult: { errorcode: 533, errortext: 'x', code: 'api.insufficient-capacity', cause: 'No host', fix: 'Add one.' },
  })
  assert.match(text, /startVirtualMachine, failed/)
  assert.match(text, /place: done, attempt 2\napi\.insufficient-capacity: No host\nwhat to do: Add one\./)
})
