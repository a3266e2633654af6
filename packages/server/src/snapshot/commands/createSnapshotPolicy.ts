import { createSnapshotPolicy } from '@altostack/api'
import { apiFailure, volumeFailure } from '@altostack/core'
import { isRootAdmin } from '../../command/caller.ts'
import { defineHandler } from '../../command/handler.ts'
import { setTags, tagPairs } from '../../tag/index.ts'
import { insertPolicy, policyOfInterval, updatePolicy } from '../policy.repository.ts'
import { policyViews } from '../policy.view.ts'
import { intervalNames, nextRun } from '../schedule.ts'

export const handler = defineHandler(createSnapshotPolicy, {
  change: async ({ ctx, tx, caller, input, entities }) => {
    const { volumeid: volume } = entities
    const interval = intervalNames.indexOf(input.intervaltype.toUpperCase())
    if (input.fordisplay !== undefined && !isRootAdmin(caller)) {
      throw apiFailure('api.permission', 'Only root administrators set fordisplay')
    }
    if (['Destroy', 'Expunging', 'Expunged'].includes(volume.state)) {
      throw volumeFailure('volume.state', `Volume ${volume.name} is ${volume.state}`)
    }
    const setting = `snapshot.max.${intervalNames[interval]?.toLowerCase()}`
    const most = await ctx.config.number(setting, {}, tx)
    if (input.maxsnaps > most) {
      throw volumeFailure('snapshot.policy', `maxsnaps is at most ${most} for ${intervalNames[interval]}`, {
        seen: String(input.maxsnaps),
        fix: `Ask for fewer, or raise ${setting}.`,
      })
    }
    const now = ctx.runtime.now()
    const set = {
      schedule: input.schedule,
      timezone: input.timezone,
      max_snaps: input.maxsnaps,
      active: 1,
      next_run: nextRun(interval, input.schedule, input.timezone, now),
      ...(input.fordisplay === undefined ? {} : { display: input.fordisplay ? 1 : 0 }),
    }
    const owner = { accountId: volume.account_id, domainId: volume.domain_id }
    const tags = tagPairs(input.tags) ?? []
    // One policy a volume and interval: asking again changes it.
    const old = await policyOfInterval(tx, volume.id, interval)
    if (old !== undefined) {
      await updatePolicy(tx, old.id, set)
      await setTags(tx, ctx, 'SnapshotPolicy', { uuid: old.uuid, ...owner }, tags)
      return (await policyViews(tx, [old.id]))[0] ?? {}
    }
    const uuid = ctx.runtime.uuid()
    const id = await insertPolicy(tx, {
      ...set,
      uuid,
      volume_id: volume.id,
      account_id: volume.account_id,
      domain_id: volume.domain_id,
      interval,
      created: now,
    })
    await setTags(tx, ctx, 'SnapshotPolicy', { uuid, ...owner }, tags)
    return (await policyViews(tx, [id]))[0] ?? {}
  },
  eventText: ({ entities }) => `creating snapshot policy for volume: ${entities.volumeid.uuid}`,
})
