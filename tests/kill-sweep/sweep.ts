import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LabHost } from '@altostack/lab'
import { type LabEnvironment, until, type Vm } from '../lab-environment/index.ts'
import { registerGuestTemplate } from '../lab-environment/template.ts'
import { findWrongs, isQuiet, watchForTwoCopies } from './oracle.ts'
import { effects, type KillPoint } from './plan.ts'

export type PointResult = {
  /** False: the operation had ended before its moment came. */
  readonly struck: boolean
  readonly wrongs: readonly string[]
  readonly seconds: number
}

/** How long the lab may take to be right again after what was killed is back, ms. */
const restMs = 180_000

/** Carries out the operation of a point, kills its victim at its moment, brings it back, waits for rest, judges, tidies. */
export async function playPoint(env: LabEnvironment, point: KillPoint, number: number): Promise<PointResult> {
  const began = performance.now()
  const name = `kill-${number}`
  const [source, destination] = env.lab.hosts as [LabHost, LabHost]
  const vm =
    point.operation === 'deploy' ? undefined : await env.deploy(name, { hostid: await env.hostId(source.name) })
  const order = await orderOf(env, point, name, vm)
  const copies = watchForTwoCopies(env)
  const moment = waitForMoment(env, point)
  // The order's answer may be lost with the server.
  const given = order().catch(() => undefined)
  const struck = await moment
  if (struck) await killAndBringBack(env, point, point.side === 'source' ? source : destination)
  await given
  const wrongs = await settle(env)
  const doubles = await copies.stop()
  const tidied = await tidy(env, name).then(
    () => settle(env),
    (error: unknown) => [`the machine cannot be destroyed: ${error}`],
  )
  return {
    struck,
    wrongs: [...doubles, ...wrongs, ...tidied.map((wrong) => `after destroy: ${wrong}`)],
    seconds: (performance.now() - began) / 1000,
  }
}

async function orderOf(
  env: LabEnvironment,
  { operation, when }: KillPoint,
  name: string,
  vm: Vm | undefined,
): Promise<() => Promise<unknown>> {
  const { client, zone, lab } = env
  const id = vm?.id ?? ''
  if (operation === 'deploy') {
    const hostid = await env.hostId((lab.hosts[0] as LabHost).name)
    // A template is brought to a pool once: to kill something meanwhile takes a new one.
    const fresh = when.kind !== 'instant' && when.step === 'template'
    const templateId = fresh ? await registerGuestTemplate(client, env.dir, zone.zoneId) : env.templateId
    const params = {
      name,
      displayname: name,
      zoneid: zone.zoneId,
      serviceofferingid: zone.offeringId,
      templateid: templateId ?? '',
      networkids: [zone.networkId],
      hostid,
    }
    return () => client.start('deployVirtualMachine', params)
  }
  if (operation === 'migrate') {
    const hostid = await env.hostId((lab.hosts[1] as LabHost).name)
    return () => client.start('migrateVirtualMachine', { virtualmachineid: id, hostid })
  }
  if (operation === 'stop') return () => client.start('stopVirtualMachine', { id, forced: true })
  return () => client.start('destroyVirtualMachine', { id, expunge: true })
}

/** Follows the steps of the operation's run in the server's own file. False: it ended before the moment came. */
async function waitForMoment(env: LabEnvironment, { operation, when }: KillPoint): Promise<boolean> {
  if (when.kind === 'instant') {
    await sleep(when.ms)
    return true
  }
  const { workflow } = effects[operation]
  const database = new DatabaseSync(join(env.server.dataDir, 'cloud.db'), { readOnly: true, timeout: 5000 })
  try {
    const known = database.prepare('select id from workflow_run where name = ?').all(workflow).length
    const run = database.prepare('select id, status from workflow_run where name = ? order by created desc limit 1')
    const count = database.prepare('select count(*) as n from workflow_run where name = ?')
    const step = database.prepare('select status from workflow_step where run_id = ? and name = ?')
    const end = performance.now() + 60_000
    while (performance.now() < end) {
      const row = run.get(workflow) as { id: string; status: string } | undefined
      if (row !== undefined && Number(count.get(workflow)?.n) > known) {
        const status = step.get(row.id, when.step)?.status
        if (status === 'done' || (status === 'started' && when.kind === 'before')) return true
        if (row.status === 'succeeded' || row.status === 'failed') return status !== undefined
      }
      await sleep(1)
    }
    return false
  } finally {
    database.close()
  }
}

async function killAndBringBack(env: LabEnvironment, { victim }: KillPoint, host: LabHost): Promise<void> {
  if (victim === 'server') {
    await env.server.kill('SIGKILL')
    await env.server.start()
  } else if (victim === 'host') {
    await host.powerCut()
    await host.start()
    await host.waitReady()
  } else {
    // systemd starts both again, as on any host.
    const unit = victim === 'agent' ? 'altostack-agent.service' : 'libvirtd.service'
    // Only the process itself: in a container without machined the guests are in the cgroup of libvirtd.
    await host.exec(['systemctl', 'kill', '--kill-whom=main', '--signal=SIGKILL', unit])
  }
}

/** Waits until nothing is under way and nothing is wrong; answers what is wrong still. */
async function settle(env: LabEnvironment): Promise<readonly string[]> {
  const end = performance.now() + restMs
  let wrongs: readonly string[] = []
  while (performance.now() < end) {
    wrongs = isQuiet(env) ? await findWrongs(env) : []
    if (isQuiet(env) && wrongs.length === 0) return []
    await sleep(300)
  }
  if (wrongs.length > 0) return wrongs
  return await findWrongs(env)
}

/** The machine goes for good, so that each point begins with an empty lab. */
async function tidy(env: LabEnvironment, name: string): Promise<void> {
  const { items } = await env.client.list('listVirtualMachines', { name })
  for (const vm of items) {
    const id = String(vm.id)
    const { jobid } = await until('the machine may be destroyed', 60_000, () =>
      env.client.start('destroyVirtualMachine', { id, expunge: true }),
    )
    await env.client.wait(jobid, { timeoutMs: 120_000 })
  }
}
