import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { carryOut } from './kill-scenarios.ts'
import { findWrongs } from './oracle.ts'
import { createWorld, type SimulatedWorld } from './world.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

/** An oracle that sees nothing wrong proves nothing: each kind of wrong is planted once. */
let zoneFile: ZoneFile
before(async () => {
  zoneFile = await createZoneFile(3, 5)
})
after(() => zoneFile.remove())

async function deployed(): Promise<SimulatedWorld> {
  const world = await createWorld({ seed: 1, zoneFile })
  const { zone } = world
  await carryOut(world, 'deployVirtualMachine', {
    serviceofferingid: zone.offering,
    templateid: zone.template,
    zoneid: zone.zone,
  })
  assert.deepEqual(findWrongs(world), [])
  return world
}

function write(world: SimulatedWorld, sql: string): void {
  const database = new DatabaseSync(join(world.dataDir, 'cloud.db'))
  database.exec(sql)
  database.close()
}

const planted: readonly (readonly [string, RegExp, (world: SimulatedWorld) => void])[] = [
  [
    'a guest that nobody knows, and a second writer',
    /NEVER: two-writers[\s\S]*orphan guest|NEVER: vm-twice/,
    (world) => {
      const guests = world.fleet.hosts().flatMap((host) => [...host.hypervisor.domains.values()])
      const [guest] = guests
      const other = world.fleet.hosts().find((host) => host.profile.name !== guest?.hostName)
      if (guest !== undefined) other?.hypervisor.start(guest.spec, guest, 'booted')
    },
  ],
  [
    'a guest that is gone',
    /Running in 0 places/,
    (world) => {
      for (const host of world.fleet.hosts()) host.hypervisor.cutPower()
    },
  ],
  ['a file of nobody', /orphan file/, (world) => write(world, "update volumes set removed = 1, state = 'Expunged'")],
  ['a claim of nobody', /claims of host/, (world) => write(world, 'update host_capacity set cpu_used = cpu_used + 1')],
  ['space of nobody', /bytes allocated/, (world) => write(world, 'update storage_pool set allocated_bytes = 1')],
  ['an address of nobody', /no NIC has it/, (world) => write(world, 'update nics set removed = 1')],
  ['a job without end', /is pending/, (world) => write(world, 'update async_job set job_status = 0')],
  ['a run without end', /is stuck/, (world) => write(world, "update workflow_run set status = 'stuck'")],
  ['a lock of nobody', /lock x is held/, (world) => write(world, "insert into workflow_lock values ('x', 'y')")],
  ['a VM between two states', /is Stopping/, (world) => write(world, "update vm_instance set state = 'Stopping'")],
]

for (const [name, expected, plant] of planted) {
  test(`the oracle sees ${name}`, async () => {
    const world = await deployed()
    try {
      plant(world)
      assert.match(findWrongs(world).join('\n'), expected)
    } finally {
      world.close()
    }
  })
}
