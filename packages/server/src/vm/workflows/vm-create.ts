import { defineWorkflow } from '@altostack/workflow'
import type { ServerContext } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import { requireVm, updateVmColumns } from '../vm.repository.ts'

/** A deploy with startvm=false: the rows are made by the command, nothing is done on a host. */
export const vmCreateWorkflow = defineWorkflow<ServerContext, { readonly vmId: number }, Database>('vm.create')
  .transact('record', {
    do: async (tx, s) => {
      const vm = await requireVm(tx, s.input.vmId)
      await updateVmColumns(tx, vm.id, { run_id: null })
      return { vmId: vm.id }
    },
  })
  .build()
