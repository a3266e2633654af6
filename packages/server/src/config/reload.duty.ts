import { isMysql } from '../db/clock.ts'
import type { Duty } from '../duties/duty.ts'

/** Sees changes that other servers made to settings. */
export const reloadSettingsDuty: Duty = {
  name: 'reload-settings',
  pauseMs: async (ctx) => (isMysql(ctx.db) ? 5000 : 3_600_000),
  run: (ctx) => ctx.config.reload(),
}
