// biome-ignore lint/suspicious/noExplicitAny: rows are read by name
type Loose = any
/** Rows of the server's database, read past the server. */
export type ReadRows = (sql: string, ...values: (string | number)[]) => readonly Loose[]

const transitional = ['Starting', 'Stopping', 'Migrating', 'Expunging', 'Restoring', 'BackingUp']

/** What is wrong in a database at rest: work that goes on, claims that nobody holds, addresses of nobody. */
export function databaseWrongs(rows: ReadRows): readonly string[] {
  return [...unfinished(rows), ...hostClaims(rows), ...poolClaims(rows), ...addresses(rows)]
}

/** Nothing is under way any more, as the rows say. */
export function databaseIsQuiet(rows: ReadRows): boolean {
  return (
    rows("select count(*) as n from workflow_run where status in ('running', 'unwinding')")[0].n === 0 &&
    rows('select count(*) as n from async_job where job_status = 0 and removed is null')[0].n === 0 &&
    rows(`select count(*) as n from vm_instance where removed is null and state in (${quoted(transitional)})`)[0].n ===
      0
  )
}

function unfinished(rows: ReadRows): string[] {
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

/** What hosts have given away is what VMs hold. */
function hostClaims(rows: ReadRows): string[] {
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

function poolClaims(rows: ReadRows): string[] {
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

function addresses(rows: ReadRows): string[] {
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
