import { createSnapshot } from '@altostack/api'
import { apiFailure, Bug } from '@altostack/core'
import { resolveOwner } from '../../account/owner.ts'
import { defineHandler } from '../../command/handler.ts'
import { setTags, tagPairs } from '../../tag/index.ts'
import { beginSnapshot } from '../begin-snapshot.ts'
import { intervalNames } from '../schedule.ts'
import { findSnapshotByUuid } from '../snapshot.repository.ts'
import { snapshotViews } from '../snapshot.view.ts'
import { snapshotCreateWorkflow } from '../workflows/snapshot-create.ts'

export const handler = defineHandler(createSnapshot, {
  submit: async ({ ctx, tx, caller, input, entities }) => {
    const { volumeid: volume, policyid: policy } = entities
    if (input.account !== undefined) {
      const owner = await resolveOwner(tx, caller, input.account, entities.domainid)
      if (owner.accountId !== volume.account_id) {
        throw apiFailure('api.parameter', `Volume ${volume.name} does not belong to account ${input.account}`)
      }
    }
    if (policy !== undefined && policy.volume_id !== volume.id) {
      throw apiFailure('api.parameter', 'The policy is one of another volume')
    }
    const begun = await beginSnapshot(tx, ctx, volume, {
      name: input.name,
      type: policy === undefined ? 'MANUAL' : (intervalNames[policy.interval] ?? 'MANUAL'),
      ...(policy === undefined ? {} : { policyId: policy.id }),
    })
    const owner = { accountId: volume.account_id, domainId: volume.domain_id }
    await setTags(tx, ctx, 'Snapshot', { uuid: begun.snapshot.uuid, ...owner }, tagPairs(input.tags) ?? [])
    return {
      workflow: snapshotCreateWorkflow,
      lockKey: begun.lockKey,
      instance: { type: 'Snapshot', id: begun.snapshot.id, uuid: begun.snapshot.uuid },
      owner,
      input: begun.input,
    }
  },
  result: async ({ db, output, entities }) => {
    const { name } = output.keep as { readonly name: string }
    const uuid = name.replace(/\.qcow2$/, '')
    const row = await findSnapshotByUuid(db, uuid)
    if (row === undefined) throw new Bug('a snapshot ended without its row', { volume: entities.volumeid.uuid })
    return (await snapshotViews(db, [row.id]))[0] ?? {}
  },
  eventText: ({ entities }) => `creating snapshot for volume: ${entities.volumeid.uuid}`,
})
