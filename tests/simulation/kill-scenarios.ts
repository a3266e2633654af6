import type { SimulatedHost } from '@altostack/simulator'
import { isQuiet } from './oracle.ts'
import type { Answer, Params, SimulatedWorld } from './world.ts'

/** One operation whose every effect is to be broken. */
export type KillScenario = {
  readonly name: string
  readonly workflow: 'vm.start' | 'vm.migrate' | 'vm.stop' | 'vm.destroy'
  /** Makes what the operation works on, with nothing broken. Answers the machine's uuid, if there is one. */
  readonly prepare: (world: SimulatedWorld) => Promise<string | undefined>
  readonly command: (world: SimulatedWorld, vm: string | undefined) => readonly [string, Params]
  /** Makes the operation take another way: a host that refuses. */
  readonly bend?: (hosts: readonly SimulatedHost[], world: SimulatedWorld, vm: string | undefined) => void
  /** What its job says when nothing is killed. */
  readonly ends: 'succeeded' | 'failed'
}

function deployParams({ zone }: SimulatedWorld): Params {
  return { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone }
}

/** Sends a command and lets time pass until it is answered and everything rests. */
export async function carryOut(world: SimulatedWorld, command: string, params: Params): Promise<Answer> {
  let answer: Answer | undefined
  world.api(command, params).then((given) => {
    answer = given
  })
  await world.until(`${command} is answered`, () => answer !== undefined, { maxMs: 60_000, stepMs: 5 })
  await world.until(`${command} ends`, () => isQuiet(world), { maxMs: 600_000, stepMs: 20 })
  return answer as unknown as Answer
}

async function deployed(world: SimulatedWorld): Promise<string> {
  const answer = await carryOut(world, 'deployVirtualMachine', deployParams(world))
  if (answer.status !== 200) throw new Error(`the deploy before the test failed: ${JSON.stringify(answer)}`)
  return answer.body.id
}

const deploy: Pick<KillScenario, 'workflow' | 'prepare' | 'command'> = {
  workflow: 'vm.start',
  prepare: async () => undefined,
  command: (world) => ['deployVirtualMachine', deployParams(world)],
}

const migrate: Pick<KillScenario, 'workflow' | 'prepare' | 'command'> = {
  workflow: 'vm.migrate',
  prepare: deployed,
  command: (_world, vm: string | undefined) => ['migrateVirtualMachine', { virtualmachineid: vm ?? '' }],
}

const stop: Pick<KillScenario, 'workflow' | 'prepare' | 'command'> = {
  workflow: 'vm.stop',
  prepare: deployed,
  command: (_world, vm) => ['stopVirtualMachine', { id: vm ?? '' }],
}

const destroy: Pick<KillScenario, 'workflow' | 'prepare' | 'command'> = {
  workflow: 'vm.destroy',
  prepare: deployed,
  command: (_world, vm) => ['destroyVirtualMachine', { id: vm ?? '', expunge: true }],
}

/** The disc is not on the pool yet; the template is. */
const startWithDisc: Pick<KillScenario, 'workflow' | 'prepare' | 'command'> = {
  workflow: 'vm.start',
  prepare: async (world) => {
    const id = await deployed(world)
    await carryOut(world, 'stopVirtualMachine', { id })
    const attached = await carryOut(world, 'attachIso', { id: world.zone.iso, virtualmachineid: id })
    if (attached.status !== 200) throw new Error(`the disc is not attached: ${JSON.stringify(attached)}`)
    return id
  },
  command: (_world, vm) => ['startVirtualMachine', { id: vm ?? '' }],
}

const refusals = (method: 'vm.start' | 'vm.stop' | 'volume.create' | 'template.install') => ({
  bend(hosts: readonly SimulatedHost[]): void {
    for (const host of hosts) host.fail(method, { when: 'before-effect', times: 50 })
  },
})

/** The first hosts that are asked for a disk refuse it; the next one makes it. */
const firstRefuse = (times: number) => ({
  bend(_hosts: readonly SimulatedHost[], world: SimulatedWorld): void {
    let left = times
    world.onCall = (host, method) => {
      if (method === 'volume.create' && left-- > 0) host.fail(method, { when: 'before-effect' })
    }
  },
})

/** Each step of the four workflows is on the way of at least one of these. */
export const killScenarios: readonly KillScenario[] = [
  { ...deploy, name: 'deploy', ends: 'succeeded' },
  { ...deploy, name: 'deploy, every host refuses the guest', ends: 'failed', ...refusals('vm.start') },
  { ...deploy, name: 'deploy, every host refuses the disk', ends: 'failed', ...refusals('volume.create') },
  { ...deploy, name: 'deploy, one host refuses the disk', ends: 'succeeded', ...firstRefuse(1) },
  { ...deploy, name: 'deploy, two hosts refuse the disk', ends: 'succeeded', ...firstRefuse(2) },
  { ...deploy, name: 'deploy, every host refuses the template', ends: 'failed', ...refusals('template.install') },
  {
    workflow: 'vm.start',
    name: 'start again',
    prepare: async (world) => {
      const id = await deployed(world)
      await carryOut(world, 'stopVirtualMachine', { id })
      return id
    },
    command: (_world, vm) => ['startVirtualMachine', { id: vm ?? '' }],
    ends: 'succeeded',
  },
  { ...startWithDisc, name: 'start with a disc', ends: 'succeeded' },
  { ...startWithDisc, name: 'start, every host refuses the disc', ends: 'failed', ...refusals('template.install') },
  { ...migrate, name: 'migrate', ends: 'succeeded' },
  {
    ...migrate,
    name: 'migrate, the migration fails',
    bend: (hosts) => {
      for (const host of hosts) host.fail('vm.migration.start', { when: 'before-effect' })
    },
    ends: 'failed',
  },
  {
    ...migrate,
    name: 'migrate, handed over to nobody',
    bend: (hosts) => {
      for (const host of hosts) host.loseHandOver()
    },
    ends: 'failed',
  },
  { ...stop, name: 'stop', ends: 'succeeded' },
  { ...stop, name: 'stop, the host refuses', ends: 'failed', ...refusals('vm.stop') },
  { ...destroy, name: 'destroy and expunge', ends: 'succeeded' },
  { ...destroy, name: 'destroy, the host refuses', ends: 'failed', ...refusals('vm.stop') },
]

/** The first scenario of the same order, which goes the same way until something is refused. */
export function plainWay(scenario: KillScenario): KillScenario | undefined {
  const first = killScenarios.find(({ command }) => command === scenario.command)
  return first === scenario ? undefined : first
}
