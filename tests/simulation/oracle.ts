import { databaseIsQuiet, databaseWrongs } from './oracle-database.ts'
import type { Loose, SimulatedWorld } from './world.ts'

/**
 * What is wrong in a world that has come to rest: read from the hosts' ground truth, the files and the database by SQL of
 * its own, never by the product's reconcilers.
 */
export function findWrongs(world: SimulatedWorld): readonly string[] {
  return [
    ...world.fleet.violations().map(({ kind, subject, seen }) => `NEVER: ${kind} ${subject}: ${seen}`),
    ...databaseWrongs(world.rows),
    ...guests(world),
    ...files(world),
  ]
}

/** Nothing is under way any more. */
export function isQuiet(world: SimulatedWorld): boolean {
  return world.process() !== undefined && databaseIsQuiet(world.rows)
}

/** Every guest is where its row says, with its generation, and nowhere else. */
function guests({ rows, fleet }: SimulatedWorld): string[] {
  const wrongs: string[] = []
  const vms = rows('select vm_instance.*, host.uuid as host_uuid from vm_instance left join host on host.id = host_id')
  const byName = new Map<string, Loose>(vms.map((vm) => [vm.instance_name, vm]))
  const found = new Map<string, number>()
  for (const host of fleet.hosts()) {
    for (const domain of host.hypervisor.domains.values()) {
      const vm = byName.get(domain.instanceName)
      const what = `guest ${domain.instanceName} generation ${domain.generation} ${domain.state} on ${host.profile.name}`
      found.set(domain.instanceName, (found.get(domain.instanceName) ?? 0) + 1)
      if (vm === undefined) wrongs.push(`orphan ${what}: no row`)
      else if (vm.removed !== null || vm.state !== 'Running') wrongs.push(`orphan ${what}: its row is ${vm.state}`)
      else if (vm.uuid !== domain.uuid) wrongs.push(`${what}: its uuid is ${domain.uuid}, the row's ${vm.uuid}`)
      else if (vm.host_uuid !== host.hostUuid) wrongs.push(`${what}: its row says host ${vm.host_id}`)
      // A migration that failed has raised the row's number; the guest, which never left, may keep its lower mark.
      else if (domain.generation > vm.generation) wrongs.push(`${what}: its row has generation ${vm.generation}`)
      else if (domain.state !== 'running' || domain.migrating !== 'none') wrongs.push(`${what}: ${domain.migrating}`)
    }
    for (const { instanceName } of host.reservations().values()) {
      if (!host.hypervisor.domains.has(instanceName)) {
        wrongs.push(`orphan DHCP reservation of ${instanceName} on ${host.profile.name}`)
      }
    }
  }
  for (const vm of vms) {
    const count = found.get(vm.instance_name) ?? 0
    if (vm.removed === null && vm.state === 'Running' && count !== 1) {
      wrongs.push(`${vm.instance_name} is Running in ${count} places`)
    }
    if (vm.state !== 'Running' && vm.host_id !== null && vm.removed === null) {
      wrongs.push(`${vm.instance_name} is ${vm.state} and has host ${vm.host_id}`)
    }
  }
  return wrongs
}

function files({ rows, fleet }: SimulatedWorld): string[] {
  const wrongs: string[] = []
  const here = new Map(fleet.files().map((file) => [file.name, file]))
  const volumes = rows('select * from volumes where removed is null')
  for (const volume of volumes) {
    const file = here.get(volume.uuid)
    if (volume.state === 'Ready' && file === undefined) wrongs.push(`volume ${volume.name} is Ready and has no file`)
    if (volume.state !== 'Ready' && volume.state !== 'Allocated')
      wrongs.push(`volume ${volume.name} is ${volume.state}`)
    if (volume.state === 'Allocated' && file !== undefined)
      wrongs.push(`volume ${volume.name} is Allocated, has a file`)
  }
  const live = new Set(volumes.map((volume) => volume.uuid))
  const templates = new Set(
    rows(
      "select vm_template.uuid from template_spool_ref join vm_template on vm_template.id = template_id where template_spool_ref.state = 'Ready'",
    ).map((row) => row.uuid),
  )
  for (const [name, file] of here) {
    if (file.kind === 'volume' && !live.has(name)) wrongs.push(`orphan file of volume ${name} in ${file.pool}`)
    if (file.kind === 'template' && !templates.has(name))
      wrongs.push(`template ${name} is on a pool that has no row of it`)
    if (file.kind === 'partial') wrongs.push(`a partial file ${name}`)
  }
  for (const uuid of templates) if (!here.has(uuid)) wrongs.push(`template ${uuid} is Ready and has no file`)
  return wrongs
}
