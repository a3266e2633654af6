import { deleteHost } from '@altostack/api'
import { hostFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'
import { activeGuests, localVolumes } from '../host-guests.repository.ts'
import { hostDeleteWorkflow } from '../workflows/host-delete.ts'

/** Resource states in which a host is deleted without `forced`; one that never came Up or is empty may go as well. */
const resting = ['Maintenance', 'Degraded']

export const handler = defineHandler(deleteHost, {
  eventText: ({ entities }) => `deleting host ${entities.id.name}`,
  async submit({ tx, ctx, input, entities }) {
    const host = entities.id
    const forced = input.forced === true
    const guests = await activeGuests(tx, host.id)
    const entitiesOf = guests.slice(0, 20).map((vm) => ({ uuid: vm.uuid, description: 'VirtualMachine' }))
    const names = guests
      .slice(0, 5)
      .map((vm) => vm.name)
      .join(', ')
    if (guests.length > 0 && !forced) {
      throw hostFailure('host.has-vms', `Host ${host.name} has ${guests.length} virtual machine(s)`, {
        seen: names,
        entities: entitiesOf,
      })
    }
    if (guests.length > 0 && !ctx.agents.isConnected(host.id) && host.status !== 'Down') {
      throw hostFailure('host.has-vms', `Host ${host.name} cannot be asked to stop its virtual machines`, {
        seen: `status ${host.status}; ${names}`,
        fix: 'Bring its agent back, or prove that the host is off: its guests may be running and writing to their disks.',
        entities: entitiesOf,
      })
    }
    if (!forced && !resting.includes(host.resource_state) && host.status === 'Up') {
      throw hostFailure('host.state', `Host ${host.name} is ${host.resource_state}, not in Maintenance`, {
        seen: `resource state ${host.resource_state}`,
        fix: 'Use forced=true.',
      })
    }
    const volumes = await localVolumes(tx, host.id)
    if (volumes.length > 0 && input.forcedestroylocalstorage !== true) {
      throw hostFailure(
        'host.has-local-storage',
        `Host ${host.name} has ${volumes.length} volume(s) on local storage`,
        {
          seen: volumes
            .slice(0, 5)
            .map((one) => one.name)
            .join(', '),
          entities: volumes.slice(0, 20).map((one) => ({ uuid: one.uuid, description: 'Volume' })),
        },
      )
    }
    return {
      workflow: hostDeleteWorkflow,
      input: { hostId: host.id, hostUuid: host.uuid, localStorage: volumes.length > 0 },
      lockKey: `host:${host.id}`,
      instance: { type: 'Host', id: host.id, uuid: host.uuid },
    }
  },
  result: async () => undefined,
})
