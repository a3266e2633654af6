import { defineCheck } from './define-check.ts'

/** Checks that the management server makes by itself; the server judges them. */
export const heartbeatCheck = defineCheck({
  name: 'heartbeat',
  proves: "The host's last ping is younger than two ping intervals, and its status is Up.",
  code: 'check.heartbeat',
  at: ['doctor'],
  seenBy: 'server',
})

export const agentLinkCheck = defineCheck({
  name: 'agent-link',
  proves: 'A call of the server is answered by the agent over its connection to 8250: both ways work.',
  code: 'check.agent-link',
  at: ['doctor'],
  seenBy: 'server',
  repair: 'agent-restart',
})

export const sshCheck = defineCheck({
  name: 'ssh',
  proves: 'The server can log in by its own key: doctor and repairs need it when the agent is dead.',
  code: 'check.ssh',
  at: ['doctor'],
  seenBy: 'server',
  repair: 'ssh-key',
})

export const reachableCheck = defineCheck({
  name: 'reachable',
  proves: 'The host answers the management server at all: ping, SSH, or its agent.',
  code: 'host.unreachable',
  at: ['doctor'],
  seenBy: 'server',
})
