import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import {
  armBridgeAt,
  type BridgeInput,
  confirmBridgeAt,
  lookForBridgeAt,
  takeBridgeBack,
} from '../bridge/make-bridge.ts'
import { forgetPassword } from '../recruit-secrets.ts'

/** Makes a bridge by the host's own configuration. The host takes it back by itself when it is lost by it. */
export const hostBridgeWorkflow = defineWorkflow<ServerContext, BridgeInput, Database>('host.bridge')
  .step('look', {
    deadlineMs: 60_000,
    async do(s) {
      return await lookForBridgeAt(s.ctx, s.input)
    },
  })
  .step('arm', {
    when: (s) => s.out.look.plan !== null,
    deadlineMs: 60_000,
    async do(s) {
      await armBridgeAt(s.ctx, s.input, s.out.look, s.runId)
    },
    async undo(s) {
      await takeBridgeBack(s.ctx, s.input, s.runId)
    },
  })
  .step('confirm', {
    when: (s) => s.out.look.plan !== null,
    deadlineMs: 1_000_000,
    async do(s) {
      await confirmBridgeAt(s.ctx, s.input, s.out.look, s.signal)
    },
  })
  .finally(async (_tx, s) => {
    const { ticket } = s.input
    if (ticket !== null) s.ctx.afterCommit(() => forgetPassword(s.ctx, ticket))
  })
  .build()
