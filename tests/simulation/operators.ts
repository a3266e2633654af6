import type { Loose, SimulatedWorld } from './world.ts'

type Draw = () => number

/** Somebody who works with one machine at a time: deploys it, does this and that to it, and in the end may destroy it. */
export async function operator(world: SimulatedWorld, random: Draw, until: () => boolean): Promise<void> {
  let id: string | undefined
  while (!until()) {
    await world.runtime.sleep(random() * 12_000)
    if (until()) return
    const vm = id === undefined ? undefined : world.rows('select * from vm_instance where uuid = ?', id)[0]
    if (vm === undefined || vm.removed !== null) {
      id = await deploy(world, random)
      continue
    }
    const [command, params] = choose(world, vm, random)
    const answer = await world.api(command, params)
    // Mostly they wait for the job; sometimes they are impatient and give the next order while it runs.
    if (answer.body?.jobid !== undefined && random() < 0.8) await ended(world, answer.body.jobid, random() * 60_000)
  }
}

async function deploy(world: SimulatedWorld, random: Draw): Promise<string | undefined> {
  const { zone } = world
  const answer = await world.api('deployVirtualMachine', {
    serviceofferingid: zone.offering,
    templateid: zone.template,
    zoneid: zone.zone,
    ...(random() < 0.1 ? { startvm: false } : {}),
  })
  return answer.status === 200 ? answer.body.id : undefined
}

function choose(world: SimulatedWorld, vm: Loose, random: Draw): [string, Record<string, string | boolean>] {
  const at = random()
  const id = vm.uuid
  const forced = random() < 0.5
  if (vm.state === 'Destroyed') {
    return at < 0.5 ? ['recoverVirtualMachine', { id }] : ['expungeVirtualMachine', { id }]
  }
  if (vm.state === 'Error' || at < 0.1) return ['destroyVirtualMachine', { id, expunge: random() < 0.6 }]
  if (vm.state === 'Stopped') return at < 0.85 ? ['startVirtualMachine', { id }] : ['rebootVirtualMachine', { id }]
  if (at < 0.45) {
    const others = world.zone.hosts.filter((host) => host.id !== vm.host_id)
    const target = others[Math.floor(random() * others.length)]
    if (target === undefined || random() < 0.3) return ['migrateVirtualMachine', { virtualmachineid: id }]
    return ['migrateVirtualMachine', { virtualmachineid: id, hostid: target.uuid }]
  }
  if (at < 0.75) return ['stopVirtualMachine', { id, forced }]
  if (at < 0.9) return ['rebootVirtualMachine', { id, forced }]
  return ['startVirtualMachine', { id }]
}

/** Waits until a job has ended, as its row says, or until patience does. */
export async function ended(world: SimulatedWorld, job: string, patienceMs: number): Promise<void> {
  const end = world.runtime.monotonic() + patienceMs
  while (world.runtime.monotonic() < end) {
    const [row] = world.rows('select job_status from async_job where uuid = ?', job)
    if (row === undefined || row.job_status !== 0) return
    await world.runtime.sleep(200)
  }
}
