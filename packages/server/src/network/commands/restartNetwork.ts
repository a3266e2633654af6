import { restartNetwork } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { networkRestartWorkflow } from '../workflows/network-restart.ts'

export const handler = defineHandler(restartNetwork, {
  eventText: ({ entities }) => `restarting network ${entities.id.name}`,
  // `cleanup` makes services anew in CloudStack; comparing and putting right leaves the same, so both are one.
  submit: async ({ entities }) => ({
    workflow: networkRestartWorkflow,
    lockKey: `network:${entities.id.id}`,
    instance: { type: 'Network', id: entities.id.id, uuid: entities.id.uuid },
    input: { networkId: entities.id.id, zoneId: entities.id.data_center_id },
  }),
  result: async () => {},
})
