import type { Fault, SimulatedHost } from '@altostack/simulator'
import type { SimulatedWorld } from './world.ts'

type Draw = () => number

const methods = [
  'vm.start',
  'vm.stop',
  'vm.reboot',
  'vm.inspect',
  'vm.migration.check',
  'vm.migration.prepare',
  'vm.migration.start',
  'vm.migration.settle',
  'volume.create',
  'volume.remove',
  'template.install',
  'pool.attach',
  'job.poll',
] as const
const moments = [
  'lost-request',
  'lost-reply',
  'before-effect',
  'after-effect',
  'crash-before-effect',
  'crash-after-effect',
  'slow',
  'hang',
] as const

/** Breaks something every few seconds until told to end. What it cuts off it brings back by itself a while later. */
export async function chaos(world: SimulatedWorld, random: Draw, until: () => boolean): Promise<void> {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  let pointsLeft = -1
  world.onPoint = () => {
    if (pointsLeft > 0 && --pointsLeft === 0) world.killServer(random() * 8000)
  }
  const armPoint = (): void => {
    pointsLeft = 1 + Math.floor(random() * 12)
  }
  const blows: readonly (readonly [number, () => void])[] = [
    [3, () => world.killServer(random() * 10_000)],
    [5, armPoint],
    [3, () => agentCrash(world, pick(world.fleet.hosts()), random)],
    [2, () => powerCut(world, pick(world.fleet.hosts()), random)],
    [2, () => cableOut(world, pick(world.fleet.hosts()), random)],
    [1, () => freeze(world, pick(world.fleet.hosts()), random)],
    [2, () => pick(world.fleet.hosts()).disconnect()],
    [1, () => pick(world.fleet.hosts()).loseHandOver()],
    [2, () => libvirtAway(world, pick(world.fleet.hosts()), random)],
    [2, () => guestEnds(world, pick(world.fleet.hosts()), random)],
    [2, () => refusedEverywhere(world, pick(['vm.start', 'vm.reboot'] as const))],
    [12, () => armFault(world, pick(world.fleet.hosts()), pick(methods), pick(moments), random)],
  ]
  const total = blows.reduce((sum, [weight]) => sum + weight, 0)
  while (!until()) {
    await world.runtime.sleep(random() * 8000)
    if (until()) return
    let at = random() * total
    const blow = blows.find(([weight]) => {
      at -= weight
      return at < 0
    })
    blow?.[1]()
  }
}

/** Mostly short; now and then longer than the server waits for a ping. */
function outage(random: Draw): number {
  return random() < 0.15 ? random() * 300_000 : random() * 25_000
}

function later(world: SimulatedWorld, ms: number, act: () => void): void {
  world.runtime.after(ms, act)
}

function agentCrash(world: SimulatedWorld, host: SimulatedHost, random: Draw): void {
  if (host.state() !== 'running') return
  world.trace.note(`${host.profile.name}: the agent is killed`)
  host.crash()
  later(world, random() * 20_000, () => host.state() === 'crashed' && host.start())
}

function powerCut(world: SimulatedWorld, host: SimulatedHost, random: Draw): void {
  if (host.state() === 'off') return
  world.trace.note(`${host.profile.name}: power cut`)
  host.powerOff()
  later(world, 3000 + outage(random), () => host.state() === 'off' && host.start())
}

function cableOut(world: SimulatedWorld, host: SimulatedHost, random: Draw): void {
  world.trace.note(`${host.profile.name}: the cable is out`)
  host.cut()
  later(world, outage(random), () => host.heal())
}

function freeze(world: SimulatedWorld, host: SimulatedHost, random: Draw): void {
  world.trace.note(`${host.profile.name}: frozen`)
  host.freeze()
  later(world, outage(random), () => host.thaw())
}

/** As often as not longer than the server waits for it (alto.host.libvirt.wait). */
function libvirtAway(world: SimulatedWorld, host: SimulatedHost, random: Draw): void {
  const ms = random() < 0.5 ? random() * 60_000 : 130_000 + random() * 60_000
  world.trace.note(`${host.profile.name}: libvirtd is away for ${Math.round(ms / 1000)} s`)
  for (const method of ['vm.stop', 'vm.reboot'] as const) {
    host.fail(method, { when: 'before-effect', code: 'agent.libvirt-down', times: Number.POSITIVE_INFINITY })
  }
  later(world, ms, () => host.clearFaults())
}

function guestEnds(world: SimulatedWorld, host: SimulatedHost, random: Draw): void {
  const domains = host.domains()
  const domain = domains[Math.floor(random() * domains.length)]
  if (domain === undefined) return
  world.trace.note(`${host.profile.name}: guest ${domain.instanceName} ends by itself`)
  host.endGuest(domain.instanceName, random() < 0.5 ? 'shutdown' : 'crashed')
}

/** A start tries other hosts and a reboot waits for libvirtd: what every host refuses must fail, and leave nothing behind. */
function refusedEverywhere(world: SimulatedWorld, method: 'vm.start' | 'vm.reboot'): void {
  world.trace.note(`every host refuses its next ${method}`)
  for (const host of world.fleet.hosts()) host.fail(method, { when: 'before-effect' })
}

function armFault(
  world: SimulatedWorld,
  host: SimulatedHost,
  method: (typeof methods)[number],
  when: Fault['when'],
  random: Draw,
): void {
  world.trace.note(`${host.profile.name}: next ${method} meets ${when}`)
  host.fail(method, { when, ...(when === 'slow' ? { delayMs: random() * 40_000 } : {}) })
  // An agent that died of it is started again by its systemd.
  const watch = (): void => {
    if (host.state() === 'crashed') host.start()
  }
  if (when.startsWith('crash')) for (const ms of [20_000, 60_000, 150_000, 400_000]) later(world, ms, watch)
}

/** Everything works again: agents run, cables are in, the server is up. */
export function heal(world: SimulatedWorld): void {
  world.trace.note('everything is healed')
  world.onPoint = () => {}
  for (const host of world.fleet.hosts()) {
    host.clearFaults()
    host.thaw()
    host.heal()
    if (host.state() !== 'running') host.start()
  }
}
