import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LabEnvironment } from '../lab-environment/index.ts'
import { databaseIsQuiet, databaseWrongs, type ReadRows } from '../simulation/oracle-database.ts'

/** Guests of a host that run or are paused, as its libvirt says; undefined: it cannot be asked now. */
async function guestsOf(env: LabEnvironment, name: string, ...more: string[]): Promise<string[] | undefined> {
  const host = env.lab.host(name)
  if (!host.isOn()) return []
  const answer = await host.exec(['virsh', '--connect', 'qemu:///system', 'list', '--name', ...more])
  return answer.code === 0 ? answer.stdout.split('\n').filter((line) => line !== '') : undefined
}

export function readRows(env: LabEnvironment): ReadRows {
  return (sql, ...values) => env.rows(sql, ...values)
}

/** No run, job or transitional state is left and every host is Up. */
export function isQuiet(env: LabEnvironment): boolean {
  const rows = readRows(env)
  return (
    databaseIsQuiet(rows) && rows("select count(*) as n from host where removed is null and status <> 'Up'")[0].n === 0
  )
}

/** What is wrong in a lab that has come to rest: libvirt, files of the pool and database, each read by itself. */
export async function findWrongs(env: LabEnvironment): Promise<readonly string[]> {
  return [...databaseWrongs(readRows(env)), ...(await wrongGuests(env)), ...wrongFiles(env)]
}

async function wrongGuests(env: LabEnvironment): Promise<string[]> {
  const wrongs: string[] = []
  const rows = readRows(env)(
    'select vm_instance.*, host.name as host_name from vm_instance left join host on host.id = host_id where vm_instance.removed is null',
  )
  const places = new Map<string, string[]>()
  for (const { name } of env.lab.hosts) {
    const all = await guestsOf(env, name, '--all')
    const running = await guestsOf(env, name, '--state-running')
    if (all === undefined || running === undefined) return [`libvirt of ${name} does not answer`]
    for (const guest of all) {
      places.set(guest, [...(places.get(guest) ?? []), name])
      const row = rows.find((one) => one.instance_name === guest)
      if (row === undefined) wrongs.push(`orphan guest ${guest} on ${name}: no row`)
      else if (row.state !== 'Running') wrongs.push(`orphan guest ${guest} on ${name}: its row is ${row.state}`)
      else if (row.host_name !== name) wrongs.push(`guest ${guest} on ${name}: its row says ${row.host_name}`)
      else if (!running.includes(guest)) wrongs.push(`guest ${guest} on ${name} does not run`)
    }
  }
  for (const row of rows) {
    const count = places.get(row.instance_name)?.length ?? 0
    if (row.state === 'Running' && count !== 1) wrongs.push(`${row.instance_name} is Running in ${count} places`)
    if (row.state !== 'Running' && row.host_id !== null) wrongs.push(`${row.instance_name} is ${row.state} with a host`)
  }
  return wrongs
}

const uuidName = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/

function wrongFiles(env: LabEnvironment): string[] {
  const wrongs: string[] = []
  const rows = readRows(env)
  const files = readdirSync(env.lab.sharedDir ?? join(env.dir, 'shared'))
  const volumes = rows('select uuid, name, state from volumes where removed is null')
  const templates = rows(
    "select vm_template.uuid as uuid from vm_template join template_spool_ref on template_id = vm_template.id where template_spool_ref.state = 'Ready'",
  )
  for (const volume of volumes) {
    if (volume.state !== 'Ready' && volume.state !== 'Allocated') wrongs.push(`${volume.name} is ${volume.state}`)
    if (volume.state === 'Ready' && !files.some((file) => file.startsWith(volume.uuid))) {
      wrongs.push(`${volume.name} is Ready and has no file`)
    }
  }
  for (const file of files) {
    if (file.endsWith('.partial')) wrongs.push(`a partial file ${file}`)
    const uuid = uuidName.exec(file)?.[0]
    if (uuid === undefined) continue
    const owner = [...volumes.filter((volume) => volume.state === 'Ready'), ...templates]
    if (!owner.some((row) => row.uuid === uuid)) wrongs.push(`orphan file ${file}`)
  }
  return wrongs
}

/** Watches the two hosts for one guest that runs on both at one time, which no reading of one after the other can say. */
export function watchForTwoCopies(env: LabEnvironment): { readonly stop: () => Promise<readonly string[]> } {
  const seen = new Set<string>()
  let over = false
  const running = (name: string) => guestsOf(env, name, '--state-running').catch(() => undefined)
  const watch = async (): Promise<void> => {
    const [first, second] = env.lab.hosts.map((host) => host.name) as [string, string]
    while (!over) {
      // Running on the first before and after it was seen running on the second: on both at that moment.
      const before = await running(first)
      const there = await running(second)
      const after = await running(first)
      for (const guest of there ?? []) {
        if (before?.includes(guest) && after?.includes(guest))
          seen.add(`${guest} ran on ${first} and ${second} at once`)
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  const watching = watch()
  return {
    async stop() {
      over = true
      await watching
      return [...seen]
    },
  }
}
