import { hostRefusal, type NicSpec, type Params, type Result } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { DomainDeviceModifyFlags, type DomainRef } from '@altostack/libvirt'
import { refreshConfigDrive } from '../config-drive/config-drive.ts'
import type { HostContext } from '../host-context.ts'
import { mutatingMethod } from '../journal/host-method.ts'
import { isLibvirtCode } from '../libvirt/libvirt.ts'
import { admitNics } from '../network/guest-nics.ts'
import { nicElement } from '../xml/nics.ts'
import { find, findAll, parseXml, writeXml, type XmlElement } from '../xml/parse-xml.ts'

type Changed = Result<'vm.nics'>
const live = DomainDeviceModifyFlags.LIVE
/** A guest lets go of a card when its kernel has answered; one that is still booting never does. */
const letGoMs = 30_000
/** libvirt forgets an unanswered request; asking again reaches a guest that has booted meanwhile. */
const askAgainMs = 5000
const pollMs = 100

export const vmNics = mutatingMethod('vm.nics', {
  run: (context, params, job) => context.guests(params.vm.instanceName, () => change(context, params, job.signal)),
  // What is there already is not made twice: a repeat does what is left.
  probe: async () => ({ effect: 'absent' }),
})

async function change(context: HostContext, params: Params<'vm.nics'>, signal: AbortSignal): Promise<Changed> {
  const { vm, nics } = params
  const domain = await context.libvirt.find(vm.instanceName)
  if (domain?.uuid !== vm.uuid) {
    throw hostRefusal(agentFailure('vm.absent', `No guest ${vm.instanceName} runs here`))
  }
  const present = await interfacesOf(context, domain)
  const placed = await admitNics(context, vm.instanceName, nics, { securityGroups: params.securityGroups })
  const plugged: string[] = []
  for (const nic of placed) {
    const there = present.get(nic.mac)
    if (there === undefined) {
      await plug(context, domain, nic)
      plugged.push(nic.mac)
    } else await setLink(context, domain, there, nic)
  }
  const unplugged = [...present.keys()].filter((mac) => !placed.some((nic) => nic.mac === mac))
  for (const mac of unplugged) await unplug(context, domain, mac, present.get(mac) as XmlElement, signal)
  await context.segments.release(
    vm.instanceName,
    nics.map((nic) => nic.nicUuid),
  )
  // The drive tells the guest's addresses, too.
  await refreshConfigDrive(context, vm.instanceName).catch((error: unknown) =>
    context.log.warn(
      { instanceName: vm.instanceName, error: errorText(error) },
      'a config drive could not be replaced',
    ),
  )
  return { plugged, unplugged }
}

async function interfacesOf(context: HostContext, domain: DomainRef): Promise<Map<string, XmlElement>> {
  const root = parseXml(await context.libvirt.use((client) => client.domain.getXmlDesc(domain)))
  return new Map(
    findAll(root, 'devices/interface').map((element) => [
      find(element, 'mac')?.attributes.address?.toLowerCase() ?? '',
      element,
    ]),
  )
}

async function plug(context: HostContext, domain: DomainRef, nic: NicSpec): Promise<void> {
  try {
    await context.libvirt.use((client) => client.domain.attachDevice(domain, nicElement(nic).text, live))
  } catch (error) {
    // Another attempt of the same call may have been faster.
    if ((await interfacesOf(context, domain)).has(nic.mac)) return
    if (!isLibvirtCode(error, 'INTERNAL_ERROR', 'OPERATION_FAILED', 'CONFIG_UNSUPPORTED', 'SYSTEM_ERROR')) throw error
    throw hostRefusal(
      agentFailure('vm.nic', `The NIC ${nic.mac} could not be plugged: ${errorText(error)}`, {
        seen: errorText(error),
      }),
    )
  }
}

async function setLink(context: HostContext, domain: DomainRef, there: XmlElement, nic: NicSpec): Promise<void> {
  const wanted = nic.linkUp === false ? 'down' : 'up'
  if ((find(there, 'link')?.attributes.state ?? 'up') === wanted) return
  const link: XmlElement = { name: 'link', attributes: { state: wanted }, children: [], text: '' }
  const changed = { ...there, children: [...there.children.filter((child) => child.name !== 'link'), link] }
  await context.libvirt.use((client) => client.domain.updateDevice(domain, writeXml(changed).text, live))
}

async function unplug(
  context: HostContext,
  domain: DomainRef,
  mac: string,
  element: XmlElement,
  signal: AbortSignal,
): Promise<void> {
  const { runtime, libvirt } = context
  const until = runtime.monotonic() + letGoMs
  let asked = Number.NEGATIVE_INFINITY
  let seen = 'the guest has not answered'
  for (;;) {
    if (runtime.monotonic() - asked >= askAgainMs) {
      asked = runtime.monotonic()
      await libvirt
        .use((client) => client.domain.detachDevice(domain, writeXml(element).text, live))
        .catch((error: unknown) => {
          if (!isLibvirtCode(error, 'OPERATION_FAILED', 'OPERATION_INVALID', 'DEVICE_MISSING', 'INTERNAL_ERROR')) {
            throw error
          }
          seen = errorText(error)
        })
    }
    if (!(await interfacesOf(context, domain)).has(mac)) return
    if (runtime.monotonic() > until) {
      throw agentFailure('vm.nic', `The guest does not let go of the NIC ${mac}`, {
        seen,
        fix: 'Look whether the guest has booted and answers ACPI; or stop it, remove the NIC and start it.',
      })
    }
    await runtime.sleep(pollMs, signal)
  }
}
