import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { carryOut, killScenarios } from './kill-scenarios.ts'
import { isQuiet } from './oracle.ts'
import { settle } from './run-seed.ts'
import { createWorld, type Loose, type SimulatedWorld } from './world.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

/** How long the hosts stay away after the server is back, virtual ms. */
const awayMs = 25_000

/**
 * The server starts again before its hosts do: what still has to choose a host, or to ask one, waits for them. Nothing
 * that somebody ordered fails because the management server was restarted.
 */
describe('after a restart the hosts come back later than the server', () => {
  let zoneFile: ZoneFile
  before(async () => {
    zoneFile = await createZoneFile(3, 10)
  })
  after(() => zoneFile.remove())

  const orders = [
    ['deploy', 'before-do reserve'],
    ['start again', 'before-do reserve'],
    ['migrate', 'before-do check'],
    ['stop', 'before-do stop'],
    ['destroy and expunge', 'before-do stop'],
    ['destroy and expunge', 'before-do disks'],
  ] as const
  for (const [name, point] of orders) {
    test(`${name}, killed ${point}, succeeds`, async () => {
      const scenario = killScenarios.find((one) => one.name === name)
      assert.ok(scenario)
      const world = await createWorld({ seed: 1, zoneFile })
      try {
        const vm = await scenario.prepare(world)
        killAt(world, point)
        const job = await order(world, ...scenario.command(world, vm))
        await world.until('the server is back', () => world.process() !== undefined)
        await world.advance(awayMs)
        assert.equal(job().job_status, 0, 'it waits')
        for (const host of world.fleet.hosts()) host.heal()
        await world.until(`${name} rests`, () => isQuiet(world), { maxMs: 120_000 })
        assert.equal(job().job_status, 1, job().job_result)
        assert.deepEqual(await settle(world), [])
      } finally {
        world.close()
      }
    })
  }

  test('a new order after the restart waits too', async () => {
    const world = await createWorld({ seed: 1, zoneFile })
    try {
      cutAll(world)
      world.killServer(500)
      await world.advance(1000)
      const { zone } = world
      const params = { serviceofferingid: zone.offering, templateid: zone.template, zoneid: zone.zone }
      const job = await order(world, 'deployVirtualMachine', params)
      await world.advance(awayMs)
      assert.equal(job().job_status, 0)
      for (const host of world.fleet.hosts()) host.heal()
      await world.until('it rests', () => isQuiet(world), { maxMs: 120_000 })
      assert.equal(job().job_status, 1, job().job_result)
    } finally {
      world.close()
    }
  })

  test('hosts that never come back are named when their time is over', async () => {
    const world = await createWorld({ seed: 1, zoneFile })
    try {
      for (const host of world.fleet.hosts()) host.powerOff()
      world.killServer(500)
      await world.advance(1000)
      const { zone } = world
      const began = world.runtime.monotonic()
      const answer = await carryOut(world, 'deployVirtualMachine', {
        serviceofferingid: zone.offering,
        templateid: zone.template,
        zoneid: zone.zone,
      })
      const waited = world.runtime.monotonic() - began
      assert.ok(waited > 100_000 && waited < 130_000, `alto.host.return.wait is 120 s: ${waited} ms`)
      const [job] = world.rows('select * from async_job where uuid = ?', answer.body.jobid)
      assert.equal(job.job_status, 2)
      assert.match(job.job_result, /is (Disconnected|Alert), not Up/)
    } finally {
      world.close()
    }
  })
})

function cutAll(world: SimulatedWorld): void {
  for (const host of world.fleet.hosts()) host.cut()
}

/** The server dies at the first point of that name, and no host reaches it any more. */
function killAt(world: SimulatedWorld, point: string): void {
  let struck = false
  world.onPoint = ({ at, step }) => {
    if (struck || `${at} ${step}` !== point) return
    struck = true
    world.killServer(1000)
    cutAll(world)
  }
}

/** Gives an order that may never be answered; the answer reads its job. */
async function order(
  world: SimulatedWorld,
  command: string,
  params: Readonly<Record<string, string | boolean | number>>,
): Promise<() => Loose> {
  const before = world.rows('select coalesce(max(id), 0) as id from async_job')[0].id
  void world.api(command, params)
  await world.advance(100)
  return () => world.rows('select * from async_job where id > ? order by id limit 1', before)[0]
}
