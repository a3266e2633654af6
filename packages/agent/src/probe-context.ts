import type { Runtime } from '@altostack/core'
import { openAcceleration } from './acceleration/acceleration.ts'
import { runChecks } from './checks/index.ts'
import { hostFacts } from './facts/facts.ts'
import type { HostContext } from './host-context.ts'
import { openIncarnation } from './journal/incarnation.ts'
import { openJournal } from './journal/journal.ts'
import { keyedLock } from './keyed-lock.ts'
import { openLibvirt } from './libvirt/libvirt.ts'
import type { Log } from './log.ts'
import { openGuestNetwork } from './network/guest-network.ts'
import { openSegments } from './network/segments.ts'
import type { Paths } from './paths.ts'
import { openSettings } from './properties/settings.ts'
import { openStateDatabase } from './state-database.ts'
import { openPools } from './storage/pool-access.ts'

/** A context that only looks: for `facts` and `check` on a host that has not joined or whose agent runs already. */
export async function probeContext(
  paths: Paths,
  runtime: Runtime,
  log: Log,
): Promise<{ readonly context: HostContext; readonly close: () => Promise<void> }> {
  const settings = openSettings(paths.config)
  // The real journal belongs to the running agent.
  const database = openStateDatabase(':memory:')
  const libvirt = openLibvirt(settings.get('hypervisor.uri') as string, runtime, log, {
    onUp: () => {},
    onDown: () => {},
    onLifecycle: () => {},
  })
  const unavailable = (): never => {
    throw new Error('this context only looks')
  }
  const context: HostContext = {
    runtime,
    log,
    paths,
    settings,
    database,
    journal: openJournal(database, runtime.now),
    incarnation: openIncarnation(database),
    identity: unavailable,
    libvirt,
    acceleration: openAcceleration(settings, runtime, paths.stateDir),
    pools: openPools(database, runtime),
    leases: { hold: unavailable },
    segments: openSegments({ database, runtime, log }),
    guestNetwork: openGuestNetwork({
      database,
      directory: paths.dhcpDir,
      runtime,
      log,
      shortId: unavailable,
      onPasswordTaken: unavailable,
    }),
    fetchImage: unavailable,
    sendImage: unavailable,
    guests: keyedLock(),
    control: {
      reconnect: unavailable,
      setServers: unavailable,
      leave: unavailable,
      configure: unavailable,
      check: (names, subject) => runChecks(context, names, { subject }),
      facts: () => hostFacts(context),
    },
  }
  const until = runtime.monotonic() + 3000
  while (!libvirt.up() && runtime.monotonic() < until) await runtime.sleep(20)
  return {
    context,
    async close() {
      await libvirt.close()
      database.close()
    },
  }
}
