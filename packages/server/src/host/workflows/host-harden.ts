import { errorText, type Json } from '@altostack/core'
import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { requireHost } from '../add-host.service.ts'
import { hostDetailNames } from '../check-subject.service.ts'
import { diagnoseBy } from '../doctor/diagnose.ts'
import { guardHost, unguardHost } from '../guard.service.ts'
import { saveHostDetails } from '../host.repository.ts'
import { withLook } from './host-repair.ts'

type HardenInput = { readonly hostId: number; readonly undo: boolean; readonly wasHardened: boolean }
const twice = { attempts: 2 }
/** What hardening is about; the rest is reported, not changed. */
const reported = ['guard', 'ssh', 'public-address', 'services', 'firewall', 'default-network']

/** Closes a host's ports to strangers, or opens them again. */
export const hostHardenWorkflow = defineWorkflow<ServerContext, HardenInput, Database>('host.harden')
  .step('guard', {
    retry: twice,
    deadlineMs: 60_000,
    async do(s) {
      const host = await requireHost(s.ctx.db, s.input.hostId)
      if (s.input.undo) {
        await unguardHost(s.ctx, host.id)
        return { friends: [] as string[] }
      }
      return { friends: await guardHost(s.ctx, host) }
    },
    async undo(s) {
      try {
        if (s.input.wasHardened) await guardHost(s.ctx, await requireHost(s.ctx.db, s.input.hostId))
        else await unguardHost(s.ctx, s.input.hostId)
      } catch (error) {
        s.ctx.log.warn({ hostId: s.input.hostId, error: errorText(error) }, 'the guard of a host could not be set back')
      }
    },
  })
  .transact('remember', {
    async do(tx, s) {
      await saveHostDetails(tx, s.input.hostId, { [hostDetailNames.guard]: s.input.undo ? null : 'true' })
    },
    async undo(tx, s) {
      await saveHostDetails(tx, s.input.hostId, { [hostDetailNames.guard]: s.input.wasHardened ? 'true' : null })
    },
  })
  .step('look', {
    retry: twice,
    deadlineMs: 30_000,
    async do(s) {
      const checks = await withLook(s.ctx, s.input.hostId, (look) => diagnoseBy(s.ctx, look, reported, 9000))
      return { checks: checks as unknown as Json[] }
    },
  })
  .build()
