import { machinePackages, missingPackages } from '@altostack/lab'
import { type LabEnvironment, whyNoLab } from './index.ts'
import { measured } from './measured.ts'
import { until } from './until.ts'

/** Hosts that are full QEMU systems take minutes for what takes others seconds: their tests run with ALTO_TEST_FULL=1 only. */
export const machinesAreTested = process.env.ALTO_TEST_FULL === '1'

/** Why no machine host can run here, for `skip`; false when one can, and when nobody asks. */
export async function whyNoMachine(): Promise<false | string> {
  if (!machinesAreTested) return false
  const lab = await whyNoLab()
  if (lab !== false) return lab
  const missing = await missingPackages(machinePackages)
  return missing.length === 0 ? false : `a machine host needs the Debian packages ${missing.join(', ')}`
}

/** Waits until the hosts are Up. */
export async function hostsAreUp(env: LabEnvironment, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await until(`${name} is Up`, 1_200_000, async () => {
      const { items } = await env.client.list('listHosts', { name })
      return items[0]?.state === 'Up'
    })
  }
}

/** Adds machine hosts with the patience that emulation asks for, and waits until they are Up. */
export async function addMachines(env: LabEnvironment, names: readonly string[]): Promise<void> {
  for (const [name, value] of [
    ['alto.host.check.patience', '20'],
    ['alto.host.connect.timeout', '1200'],
  ] as const) {
    await env.client.get('updateConfiguration', { name, value })
  }
  const began = performance.now()
  // One after the other: side by side, the emulators take the time of each other's handshakes.
  for (const name of names) {
    // The client waits five minutes for an answer while the server goes on; addHost again repairs what is half done.
    await until(`${name} is added`, 1_800_000, async () => (await env.addHost(name)).id !== undefined, 5000)
    await hostsAreUp(env, [name])
  }
  measured(`addHost.machine x ${names.length}`, performance.now() - began, 'ms')
}

/** Lets lean machine hosts join by token, and waits until they are Up and take guests of others. */
export async function joinMachines(env: LabEnvironment, names: readonly string[]): Promise<void> {
  await env.client.get('updateConfiguration', { name: 'alto.host.check.patience', value: '20' })
  const began = performance.now()
  for (const name of names) {
    const { token } = await env.client.get('createJoinToken', { clusterid: env.zone.clusterId })
    const joined = await env.lab.host(name).exec(['altostack-agent', 'join', '-'], { input: `${token}\n` })
    if (joined.code !== 0) throw new Error(`${name} could not join: ${joined.stderr}${joined.stdout}`)
  }
  await hostsAreUp(env, names)
  for (const name of names) {
    await until(`libvirt of ${name} listens`, 600_000, async () => {
      const { stdout } = await env.lab.host(name).exec(['ss', '-Hltn', 'sport = :16514'])
      return stdout.includes('LISTEN')
    })
  }
  measured(`join.machine x ${names.length}`, performance.now() - began, 'ms')
}
