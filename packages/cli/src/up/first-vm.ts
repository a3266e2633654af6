import type { Client } from '@altostack/api'
import { run } from '../run.ts'
import { type Infrastructure, names } from './infrastructure.ts'

export type FirstVm = { readonly id: string; readonly address: string; readonly state: string }

/** Deploys the first guest, or starts it again when it is stopped. */
export async function ensureFirstVm(client: Client, place: Infrastructure, templateId: string): Promise<FirstVm> {
  const found = await find(client, place.zoneId)
  if (!found) {
    const job = await client.start('deployVirtualMachine', {
      name: names.vm,
      displayname: names.vm,
      zoneid: place.zoneId,
      serviceofferingid: place.offeringId,
      templateid: templateId,
      networkids: [place.networkId],
    })
    await client.wait(job.jobid, { timeoutMs: 300_000 })
  } else if (found.state === 'Stopped') {
    await client.run('startVirtualMachine', { id: found.id }, { timeoutMs: 300_000 })
  } else if (found.state === 'Error') {
    await client.run('destroyVirtualMachine', { id: found.id, expunge: true }, { timeoutMs: 300_000 })
    return ensureFirstVm(client, place, templateId)
  }
  const vm = await waitRunning(client, place.zoneId)
  return vm
}

async function waitRunning(client: Client, zoneid: string): Promise<FirstVm> {
  for (let waited = 0; waited < 120_000; waited += 300) {
    const vm = await find(client, zoneid)
    if (vm?.state === 'Running') return vm
    if (vm?.state === 'Error' || vm === undefined) break
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  throw Object.assign(new Error(`The virtual machine ${names.vm} does not run`), {
    code: 'up.vm',
    fix: './alto listVirtualMachines and ./alto listAsyncJobs say why.',
  })
}

async function find(client: Client, zoneid: string): Promise<FirstVm | undefined> {
  const { items } = await client.list('listVirtualMachines', { zoneid, name: names.vm })
  const vm = items.find((candidate) => candidate.name === names.vm)
  if (!vm) return undefined
  const nic = (vm.nic as readonly { ipaddress?: string }[] | undefined)?.[0]
  return { id: String(vm.id), address: nic?.ipaddress ?? '', state: String(vm.state) }
}

/** Pings until the guest answers. Booting under emulation takes ten seconds and more. */
export async function waitForPing(address: string, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs
  for (;;) {
    if ((await run(['ping', '-n', '-c', '1', '-W', '1', address])).code === 0) return
    if (Date.now() > until) {
      throw Object.assign(new Error(`${address} does not answer ping`), {
        code: 'up.ping',
        seen: `no answer within ${timeoutMs / 1000} s`,
        fix: "The guest's serial log is under host/var/log/libvirt/qemu in the data directory.",
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}
