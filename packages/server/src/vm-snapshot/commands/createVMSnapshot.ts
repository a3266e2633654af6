import { createVMSnapshot } from '@altostack/api'
import { volumeFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { requireVmState, vmLock } from '../../vm/index.ts'
import { chooseSite } from '../../volume/index.ts'
import { snapshotDisks } from '../snapshot-disks.ts'
import { insertVmSnapshot, vmSnapshotsOf } from '../vm-snapshot.repository.ts'
import { moveVmSnapshot, requireVmSnapshot } from '../vm-snapshot.states.ts'
import { vmSnapshotViews } from '../vm-snapshot.view.ts'
import { vmSnapshotCreateWorkflow } from '../workflows/vm-snapshot-create.ts'

export const handler = defineHandler(createVMSnapshot, {
  submit: async ({ ctx, tx, input, entities }) => {
    const { virtualmachineid: vm } = entities
    const memory = input.snapshotmemory === true
    requireVmState(vm, ['Running', 'Stopped'], 'a VM snapshot')
    if (memory && vm.state !== 'Running') {
      throw volumeFailure('vm-snapshot.refused', `${vm.name} is stopped: it has no memory to keep`, {
        fix: 'Leave snapshotmemory out, or start it first.',
      })
    }
    const most = await ctx.config.number('vmsnapshot.max', { accountId: vm.account_id }, tx)
    const others = await vmSnapshotsOf(tx, vm.id)
    if (others.length >= most) {
      throw volumeFailure('vm-snapshot.refused', `${vm.name} has ${others.length} snapshots, the most there may be`, {
        fix: 'Delete one first, or raise vmsnapshot.max.',
      })
    }
    const disks = await snapshotDisks(tx, vm.id)
    const pools = disks.flatMap((disk) => disk.pool_id ?? [])
    const site = await chooseSite(tx, ctx, vm, pools)
    const uuid = ctx.runtime.uuid()
    const now = ctx.runtime.now()
    const name = `${vm.instance_name}_VS_${new Date(now).toISOString().replace(/[-:T]/g, '').slice(0, 14)}`
    const id = await insertVmSnapshot(tx, {
      uuid,
      name,
      display_name: input.name ?? name,
      description: input.description ?? null,
      vm_id: vm.id,
      account_id: vm.account_id,
      domain_id: vm.domain_id,
      data_center_id: vm.data_center_id,
      vm_snapshot_type: memory ? 'DiskAndMemory' : 'Disk',
      state: 'Allocated',
      parent: others.find((one) => one.current === 1)?.id ?? null,
      service_offering_id: vm.service_offering_id,
      volumes: JSON.stringify(disks.map((disk) => disk.id)),
      created: now,
    })
    const snapshot = await requireVmSnapshot(tx, id)
    await moveVmSnapshot(tx, ctx, snapshot, 'CreateRequested', {
      cause: 'vm-snapshot.create',
      evidence: { vm: vm.uuid },
    })
    return {
      workflow: vmSnapshotCreateWorkflow,
      lockKey: vmLock(vm.id),
      instance: { type: 'VMSnapshot', id: snapshot.id, uuid },
      owner: { accountId: vm.account_id, domainId: vm.domain_id },
      input: { snapshotId: snapshot.id, site, memory },
    }
  },
  result: async ({ db, output }) => {
    const { snapshotId } = output.take as { readonly snapshotId: number }
    return (await vmSnapshotViews(db, [snapshotId]))[0] ?? {}
  },
  eventText: ({ entities }) => `creating snapshot for Vm: ${entities.virtualmachineid.uuid}`,
})
