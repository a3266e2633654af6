import type { UnmanagedGuest } from '@altostack/agent-api'
import { defineWorkflow } from '@altostack/workflow'
import { findCluster } from '../../cluster/index.ts'
import type { ServerContext } from '../../context.ts'
import type { Database, Tx } from '../../db/database.ts'
import { requireHostRow } from '../../host/index.ts'
import { hostPoolRef } from '../../storage/index.ts'
import { updateVmColumns } from '../../vm/index.ts'
import { findVolumeByUuid, type Site, updateVolumeColumns } from '../../volume/index.ts'
import { adoptFile, returnFile } from '../adopt-file.ts'
import { type ImportWish, removeImport, writeImport } from '../import-rows.ts'
import { type Importable, lookAt, requireLivingPool } from '../loose-volumes.ts'

export type VmImportDiskInput = {
  readonly poolId: number
  readonly fileName: string
  readonly networkId: number
  /** Of a fixed offering, or asked for. */
  readonly cpus: number
  readonly memoryMib: number
  readonly bus: string
  readonly site: Site
  readonly wish: Omit<ImportWish, 'nics' | 'diskOfferings' | 'forced'>
}

/**
 * Makes a VM of a file on a pool: the rows are those of a guest that does not run and has this one disk, then the host
 * examines the file and gives it the volume's name. A failure leaves the file under its own name and no row.
 */
export const vmImportDiskWorkflow = defineWorkflow<ServerContext, VmImportDiskInput, Database>('vm.import-disk')
  .step('look', {
    do: (s): Promise<Importable> => lookAt(s.ctx, s.input.poolId, s.input.fileName, s.signal),
    deadlineMs: 60_000,
  })
  .transact('rows', {
    do: (tx, s) => writeRows(tx, s.ctx, s.input, s.out.look),
    undo: async (tx, s) => await removeImport(tx, s.ctx, s.out.rows.vmId),
  })
  .step('adopt', {
    do: (s) => adoptFile(s.ctx, s, s.out.look, s.out.rows.volumeUuid),
    undo: (s) => returnFile(s.ctx, s, s.out.look, s.out.rows.volumeUuid),
    deadlineMs: 10 * 60_000,
  })
  .onSucceeded(async (tx, s) => {
    const { ctx } = s
    const root = await findVolumeByUuid(tx, s.out.rows.volumeUuid)
    // It may have been let go of already: then its id is another.
    if (root !== undefined) await updateVolumeColumns(tx, root.id, { physical_size: s.out.adopt.physicalBytes })
    const { hostId } = s.input.site
    ctx.afterCommit(() => ctx.agents.acknowledge(hostId, [`${s.runId}/adopt`]))
  })
  .build()

async function writeRows(tx: Tx, ctx: ServerContext, input: VmImportDiskInput, file: Importable) {
  const pool = await requireLivingPool(tx, input.poolId)
  const host = await requireHostRow(tx, input.site.hostId)
  const cluster = await findCluster(tx, input.wish.clusterId)
  const uuid = ctx.runtime.uuid()
  const guest: UnmanagedGuest = {
    // Another one than any guest of libvirt has: the VM's own follows.
    name: `import-${uuid}`,
    uuid,
    power: 'PowerOff',
    cpus: input.cpus,
    memoryBytes: input.memoryMib * 1024 ** 2,
    architecture: cluster?.arch ?? 'x86_64',
    machineType: '',
    cpuXml: '',
    bootMode: 'BIOS',
    lastGeneration: 0,
    disks: [
      {
        target: 'vda',
        bus: input.bus,
        path: `${hostPoolRef(pool).path.replace(/\/+$/, '')}/${file.name}`,
        format: file.format,
        sizeBytes: file.virtualSizeBytes,
      },
    ],
    nics: [{ mac: '', model: 'virtio', bridge: '', tap: '' }],
  }
  const nics = { 0: { networkId: input.networkId, address: null } }
  const wish = { ...input.wish, nics, diskOfferings: {}, forced: false }
  const { vmId, files } = await writeImport(tx, ctx, wish, host, guest)
  const suffix = await ctx.config.text('instance.name', {}, tx)
  await updateVmColumns(tx, vmId, { instance_name: `i-${input.wish.accountId}-${vmId}-${suffix}` })
  return { vmId, volumeUuid: files[0]!.volumeUuid }
}
