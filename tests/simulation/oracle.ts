import type { Loose, SimulatedWorld } from './world.ts'

const transitional = ['Starting', 'Stopping', 'Migrating', 'Expunging', 'Restoring', 'BackingUp']

/**
 * What is wrong in a world that has come to rest: read from the hosts' ground truth, the files and the database by SQL of
 * its own, never by the product's reconcilers.
 */
export function findWrongs(world: SimulatedWorld): readonly string[] {
  return [
    ...world.fleet.violations().map(({ kind, subject, seen }) => `NEVER: ${kind} ${subject}: ${seen}`),
    ...unfinished(world),
    ...guests(world),
    ...files(world),
    ...hostClaims(world),
    ...poolClaims(world),
    ...addresses(world),
  ]
}

/** Nothing is under way any more. */
export function isQuiet(world: SimulatedWorld): boolean {
  if (world.process() === undefined) return false
  const { rows } = world
  return (
    rows("select count(*) as n from workflow_run where status in ('running', 'unwinding')")[0].n === 0 &&
    rows('select count(*) as n from async_job where job_status = 0 and removed is null')[0].n === 0 &&
    rows(`select count(*) as n from vm_instance where removed is null and state in (${quoted(transitional)})`)[0].n ===
      0
  )
}

function unfinished({ rows }: SimulatedWorld): string[] {
  return [
    ...rows("select id, name, status from workflow_run where status not in ('succeeded', 'failed')").map(
      (row) => `run ${row.id} of ${row.name} is ${row.status}`,
    ),
    ...rows('select lock_key, run_id from workflow_lock').map((row) => `lock ${row.lock_key} is held by ${row.run_id}`),
    ...rows('select id, job_cmd from async_job where job_status = 0 and removed is null').map(
      (row) => `job ${row.id} of ${row.job_cmd} is pending`,
    ),
    ...rows(
      `select instance_name, state, run_id from vm_instance where removed is null and (state in (${quoted(transitional)}) or run_id is not null)`,
    ).map((row) => `${row.instance_name} is ${row.state}, run ${row.run_id}`),
    ...rows("select name, status from host where removed is null and status <> 'Up'").map(
      (row) => `host ${row.name} is ${row.status}`,
    ),
  ]
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

/** What hosts have given away is what VMs hold. */
function hostClaims({ rows }: SimulatedWorld): string[] {
  return rows('select * from host_capacity').flatMap((row) => {
    const [used] = rows(
      'select coalesce(sum(claimed_cpu), 0) as cpu, coalesce(sum(claimed_memory), 0) as memory, coalesce(sum(claimed_cores), 0) as cores, count(*) as vms from vm_instance where removed is null and host_id = ?',
      row.host_id,
    )
    const [kept] = rows(
      'select coalesce(sum(claimed_cpu), 0) as cpu, coalesce(sum(claimed_memory), 0) as memory from vm_instance where removed is null and reserved_host_id = ?',
      row.host_id,
    )
    const says = [row.cpu_used, row.memory_used, row.cores_used, row.vms, row.cpu_reserved, row.memory_reserved]
    const is = [used.cpu, used.memory, used.cores, used.vms, kept.cpu, kept.memory]
    return says.join() === is.join()
      ? []
      : [`claims of host ${row.host_id} are ${says.join()}, its VMs hold ${is.join()}`]
  })
}

function poolClaims({ rows }: SimulatedWorld): string[] {
  return rows('select * from storage_pool where removed is null').flatMap((pool) => {
    const [volumes] = rows(
      "select coalesce(sum(size), 0) as bytes from volumes where removed is null and state <> 'Allocated' and pool_id = ?",
      pool.id,
    )
    const [templates] = rows(
      'select coalesce(sum(template_size), 0) as bytes from template_spool_ref where pool_id = ?',
      pool.id,
    )
    const held = volumes.bytes + templates.bytes
    return pool.allocated_bytes === held
      ? []
      : [`pool ${pool.name} has ${pool.allocated_bytes} bytes allocated, its volumes and templates hold ${held}`]
  })
}

function addresses({ rows }: SimulatedWorld): string[] {
  const wrongs: string[] = []
  const nics = rows(
    'select nics.*, vm_instance.state as vm_state, vm_instance.removed as vm_removed from nics join vm_instance on vm_instance.id = instance_id where nics.removed is null',
  )
  const byAddress = new Map<string, Loose>()
  for (const nic of nics) {
    if (nic.vm_removed !== null) wrongs.push(`NIC ${nic.uuid} lives, its VM is removed`)
    if (nic.ip4_address === null) continue
    if (byAddress.has(nic.ip4_address)) wrongs.push(`two NICs have address ${nic.ip4_address}`)
    byAddress.set(nic.ip4_address, nic)
  }
  for (const row of rows('select * from user_ip_address')) {
    const nic = byAddress.get(row.public_ip_address)
    if (row.state === 'Free' && nic !== undefined) wrongs.push(`address ${row.public_ip_address} is Free and has a NIC`)
    if (row.state !== 'Free' && nic === undefined) {
      wrongs.push(`address ${row.public_ip_address} is ${row.state} and no NIC has it`)
    }
    if (row.state !== 'Free' && nic !== undefined && nic.instance_id !== row.vm_id) {
      wrongs.push(`address ${row.public_ip_address} is of VM ${row.vm_id}, its NIC of VM ${nic.instance_id}`)
    }
  }
  return wrongs
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ')
}
