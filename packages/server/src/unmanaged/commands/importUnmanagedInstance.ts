import { importUnmanagedInstance } from '@altostack/api'
import { apiFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { vmView } from '../../vm/index.ts'
import { readImportWish } from '../import-wish.ts'
import { vmImportWorkflow } from '../workflows/vm-import.ts'

export const handler = defineHandler(importUnmanagedInstance, {
  submit: async (call) => {
    const { input, entities } = call
    if (entities.clusterid.hypervisor_type !== 'KVM') {
      throw apiFailure('api.parameter', `Cluster ${entities.clusterid.name} is not of KVM`)
    }
    const wish = await readImportWish(call)
    return {
      workflow: vmImportWorkflow,
      lockKey: `import:${entities.clusterid.id}:${input.name}`,
      instance: { type: 'Cluster', id: entities.clusterid.id, uuid: entities.clusterid.uuid },
      input: wish,
    }
  },
  result: async ({ db, output }) => {
    const { vmId } = output.rows as { readonly vmId: number }
    return await vmView(db, vmId)
  },
  eventText: ({ input }) => `importing unmanaged VM: ${input.name}`,
})
