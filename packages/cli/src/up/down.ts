import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readInstance } from '../instance.ts'
import { run } from '../run.ts'
import { endSupervisor } from '../supervisor/control.ts'
import { stepOutput } from '../terminal/steps.ts'
import { clientOfInstance } from './connect.ts'
import { removeGuestBridge } from './guest-bridge.ts'
import { hostRoot } from './libvirt-daemon.ts'
import { parseUpOptions } from './options.ts'

/** Stops the guests, then the services. `--purge` also erases the data directory and the bridge. */
export async function runDown(args: readonly string[]): Promise<number> {
  const options = parseUpOptions(args)
  const instance = readInstance(options.dataDir)
  const output = stepOutput()
  if (!instance) {
    output.say(`Nothing is kept in ${options.dataDir}.`)
    return 0
  }
  if (instance.mode === 'kvm') {
    await output.step('guests', async () => ({ note: await stopGuests(instance.dataDir) }))
  }
  await output.step('services', async () => ({
    note: (await endSupervisor(instance.dataDir)) ? 'stopped' : 'were not running',
  }))
  if (options.purge) {
    await output.step('erase', async () => {
      await killLeftovers(instance.dataDir)
      if (instance.mode === 'kvm') {
        await removeGuestNetwork(instance.dataDir, instance.bridge)
        await removeGuestBridge(instance.bridge, instance.id)
      }
      rmSync(instance.dataDir, { recursive: true, force: true })
      return undefined
    })
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ stopped: true, purged: options.purge })}\n`)
  return 0
}

/** The agent's nftables tables and the namespace of its services for guests; both are named after the host's id. */
async function removeGuestNetwork(dataDir: string, bridge: string): Promise<void> {
  const file = join(hostRoot(dataDir), 'etc/cloudstack/agent/agent.properties')
  const guid = existsSync(file) ? /^guid=([0-9a-f]{8})/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
  if (guid === undefined) return
  for (const family of ['bridge', 'inet']) await run(['nft', 'delete', 'table', family, `alto_${guid}`])
  await run(['nft', 'delete', 'table', 'inet', `altostack_guard_${guid}`])
  // Its cable into the bridge goes with it.
  await run(['ip', 'netns', 'delete', `alto-${guid}-${bridge}`])
}

async function stopGuests(dataDir: string): Promise<string> {
  const instance = readInstance(dataDir)
  if (!instance) return 'none'
  try {
    const client = clientOfInstance(instance)
    const { items } = await client.list('listVirtualMachines', { listall: true, state: 'Running' })
    await Promise.all(
      items.map((vm) => client.run('stopVirtualMachine', { id: String(vm.id) }, { timeoutMs: 150_000 })),
    )
    return `${items.length} stopped`
  } catch (error) {
    return `not asked (${(error as Error).message})`
  }
}

/** What may outlive the supervisor: guests, their DHCP and the libvirtd. Found by the data directory in their argv. */
async function killLeftovers(dataDir: string): Promise<void> {
  const pattern = `${dataDir.replaceAll(/[.[\]()*+?{}|^$\\]/g, '\\$&')}/`
  const found = await run(['pgrep', '-f', '--', pattern])
  for (const pid of found.stdout.split('\n').filter((line) => line !== '')) {
    const name = await run(['cat', `/proc/${pid}/comm`])
    if (/^(qemu-system|dnsmasq|libvirtd)/.test(name.stdout)) await run(['kill', '-9', pid])
  }
}
