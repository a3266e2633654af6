import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@altostack/api'
import { type Instance, instanceId, portsFrom, readInstance, writeInstance } from '../instance.ts'
import { repositoryRoot } from '../repository-root.ts'
import { run } from '../run.ts'
import { serverNodeOptions } from '../server-node-options.ts'
import { supervise } from '../supervisor/control.ts'
import { readServices, type Service } from '../supervisor/services.ts'
import { type StepOutput, stepOutput } from '../terminal/steps.ts'
import { buildConsole } from './build-console.ts'
import { adminCredentials, clientOf, endpointOf, waitForApi } from './connect.ts'
import { ensureFirstVm, waitForPing } from './first-vm.ts'
import { chooseGuestSubnet, ensureGuestBridge } from './guest-bridge.ts'
import { agentService, ensurePool, hasJoined, joinThisMachine, waitHostUp, writeAgentConfig } from './host.ts'
import { installHostPackages, missingHostPackages } from './host-packages.ts'
import { ensureInfrastructure, type Infrastructure, names } from './infrastructure.ts'
import { libvirtSocket, privateLibvirtd, waitForSocket } from './libvirt-daemon.ts'
import { cannotHost, systemdRuns } from './machine.ts'
import { consoleUrl, nextThings } from './next-things.ts'
import { parseUpOptions, type UpOptions, upHelp } from './options.ts'
import { ensureSimulatedHosts, ensureSimulatedPool } from './simulated-hosts.ts'
import { buildTemplate, emptyTemplate, ensureTemplate } from './template.ts'

/** From nothing to a running guest. Every step looks first and changes only what is missing. */
export async function runUp(args: readonly string[]): Promise<number> {
  const options = parseUpOptions(args)
  if (options.help) {
    process.stdout.write(upHelp)
    return 0
  }
  const output = stepOutput()
  const instance = decideInstance(options, output)
  if (instance.mode === 'kvm') {
    const missing = await missingHostPackages()
    if (missing.length > 0) {
      await output.step('Debian packages', async () => {
        await installHostPackages(missing, options.yes, output.say)
        return { note: `${missing.length} installed` }
      })
    }
  }
  mkdirSync(join(instance.dataDir, 'log'), { recursive: true, mode: 0o755 })
  await output.step('console', async () => ({ note: await buildConsole() }))
  writeInstance(instance)

  const own = instance.mode === 'kvm' && !systemdRuns()
  if (own) output.say('Process 1 is not systemd: alto supervises the server, libvirtd and the agent itself.')
  else output.say('alto supervises the server and the agent itself.')
  // What an earlier run started stays as it is: only the server must be there for the next steps.
  const others = readServices(instance.dataDir).filter((service) => service.name !== 'server')
  supervise(instance.dataDir, [serverService(instance), ...others])
  await output.step('management server', async () => {
    await waitForApi(instance, 30_000)
    return { note: endpointOf(instance) }
  })
  const keys = await adminCredentials(instance)
  const client = clientOf(instance, keys)
  const place = await output.step('zone, pod, cluster and network', () => ensureInfrastructure(client, instance))
  let address: string | undefined
  let hasVm = true
  if (instance.mode === 'kvm') address = await bringUpHost(client, instance, place, own, output)
  else hasVm = await bringUpSimulator(client, instance, place, output)
  const { template, vm, ...always } = names

  const result = {
    url: endpointOf(instance),
    console: consoleUrl(instance),
    apiKey: keys.apiKey,
    secretKey: keys.secretKey,
    ports: instance.ports,
    names: { ...always, ...(hasVm ? { template, vm } : {}), bridge: instance.bridge, id: instance.id },
    mode: instance.mode,
    dataDir: instance.dataDir,
    ...(address === undefined ? {} : { vmAddress: address }),
  }
  process.stdout.write(nextThings(instance, keys, address))
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  return 0
}

/** The kept instance, or a new one after a look at the machine. Options that contradict a kept one are refused. */
function decideInstance(options: UpOptions, output: StepOutput): Instance {
  const kept = readInstance(options.dataDir)
  const obstacle = cannotHost()
  if (kept) {
    if (options.port !== undefined && portsFrom(options.port).api !== kept.ports.api) {
      throw Object.assign(new Error(`This data directory uses port ${kept.ports.api}`), {
        code: 'up.port',
        fix: 'Leave --port out, or choose another --data-dir.',
      })
    }
    if (options.simulator && kept.mode === 'kvm') {
      throw Object.assign(new Error('This data directory has a real host'), {
        code: 'up.mode',
        fix: 'Choose another --data-dir for simulated hosts.',
      })
    }
    return options.hosts === undefined ? kept : { ...kept, hosts: options.hosts }
  }
  const simulated = options.simulator || obstacle !== undefined
  if (!options.simulator && obstacle !== undefined) {
    output.say(`This machine cannot be a KVM host (${obstacle}): simulated hosts are used.`)
  }
  const id = instanceId(options.dataDir)
  return {
    dataDir: options.dataDir,
    id,
    ports: portsFrom(options.port),
    bridge: simulated ? 'cloudbr0' : `alto-${id}`,
    subnet: simulated ? '10.200.0' : chooseGuestSubnet(id),
    mode: simulated ? 'simulator' : 'kvm',
    hosts: options.hosts ?? 3,
  }
}

function serverService(instance: Instance): Service {
  return {
    name: 'server',
    argv: [
      process.execPath,
      ...serverNodeOptions,
      join(repositoryRoot(), 'packages/server/src/main.ts'),
      '--data-dir',
      join(instance.dataDir, 'server'),
      '--port',
      String(instance.ports.api),
      '--https-port',
      String(instance.ports.https),
      '--agent-port',
      String(instance.ports.agent),
    ],
    log: join(instance.dataDir, 'log', 'server.log'),
  }
}

async function bringUpHost(
  client: Client,
  instance: Instance,
  place: Infrastructure,
  ownLibvirtd: boolean,
  output: StepOutput,
): Promise<string> {
  await output.step('guest bridge', async () => {
    await ensureGuestBridge(instance.bridge, instance.subnet ?? '', instance.id)
    return { note: `${instance.bridge} ${instance.subnet}.0/24 behind NAT` }
  })
  const services = [serverService(instance), ...(ownLibvirtd ? [privateLibvirtd(instance.dataDir)] : [])]
  await output.step('libvirtd', async () => {
    const agent = hasJoined(instance.dataDir) ? [agentService(instance)] : []
    supervise(instance.dataDir, [...services, ...agent])
    const socket = ownLibvirtd ? libvirtSocket(instance.dataDir) : '/run/libvirt/libvirt-sock'
    await waitForSocket(socket, 30_000)
    return undefined
  })
  await output.step('this machine as a KVM host', async () => {
    // A machine without hardware virtualisation is welcome here: trying it out is what up is for.
    await client.get('updateConfiguration', {
      name: 'alto.kvm.emulation.allowed',
      value: 'true',
      clusterid: place.clusterId,
    })
    // Somebody's own machine: other instances and labs on it are not shut out unasked. `alto host harden` does it.
    await client.get('updateConfiguration', { name: 'alto.host.harden', value: 'false', clusterid: place.clusterId })
    writeAgentConfig(instance, ownLibvirtd)
    if (!hasJoined(instance.dataDir)) await joinThisMachine(client, instance, place)
    supervise(instance.dataDir, [...services, agentService(instance)])
    return { note: await waitHostUp(client, place, 1, 60_000) }
  })
  await output.step('primary storage', async () => void (await ensurePool(client, instance, place)))
  const template = await output.step('template', async () => ({
    id: await ensureTemplate(client, place, () => buildTemplate(instance.dataDir)),
    note: names.template,
  }))
  const vm = await output.step('virtual machine', async () => {
    const started = await ensureFirstVm(client, place, template.id)
    return { ...started, note: `${names.vm} at ${started.address}` }
  })
  await output.step('ping', async () => void (await waitForPing(vm.address, 180_000)))
  return vm.address
}

async function bringUpSimulator(
  client: Client,
  instance: Instance,
  place: Infrastructure,
  output: StepOutput,
): Promise<boolean> {
  await output.step(`${instance.hosts} simulated hosts`, async () => {
    await ensureSimulatedHosts(client, instance, place, (service) =>
      supervise(instance.dataDir, [serverService(instance), service]),
    )
    await waitHostUp(client, place, instance.hosts, 120_000)
    return undefined
  })
  await output.step('primary storage', () => ensureSimulatedPool(client, place).then(() => undefined))
  if ((await run(['qemu-img', '--version'])).code !== 0) {
    output.say('No virtual machine: the server looks at images with qemu-img, which is missing (Debian: qemu-utils).')
    return false
  }
  const template = await output.step('template', async () => ({
    id: await ensureTemplate(client, place, () => emptyTemplate(instance.dataDir)),
    note: `${names.template}, an empty disk`,
  }))
  await output.step('virtual machine', async () => {
    await ensureFirstVm(client, place, template.id)
    return { note: `${names.vm}, simulated` }
  })
  return true
}
