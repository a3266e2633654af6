import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hostRefusal, type Params } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { byteReader } from '../console/byte-reader.ts'
import { dialChannel } from '../console/dial-channel.ts'
import { enterRfb, welcomeRfb } from '../console/rfb-door.ts'
import { connectScreen } from '../console/screen.ts'
import { openSerialLine } from '../console/serial-line.ts'
import type { HostContext } from '../host-context.ts'
import { readingMethod } from '../journal/host-method.ts'

export const vmConsoleOpen = readingMethod('vm.console.open', async (context, params) => {
  const guest = await openGuestEnd(context, params)
  let channel: Duplex
  try {
    channel = await dialChannel(context.identity(), params.server, params.channel)
  } catch (error) {
    guest.destroy()
    throw hostRefusal(
      agentFailure('vm.console', 'The management server did not take the channel of the console', {
        seen: `${params.server}: ${errorText(error)}`,
      }),
    )
  }
  void serve(context, params, guest, channel)
  return {}
})

async function openGuestEnd(context: HostContext, params: Params<'vm.console.open'>): Promise<Duplex> {
  const domain = await context.libvirt.find(params.instanceName)
  if (domain?.uuid !== params.uuid) {
    throw hostRefusal(agentFailure('vm.absent', `No guest ${params.instanceName} runs here`))
  }
  let screen: Duplex | undefined
  try {
    if (params.kind === 'serial') return await openSerialLine(context.libvirt, domain)
    screen = await connectScreen(context.libvirt, domain)
    await enterRfb(screen, byteReader(screen), params.vncPassword)
    return screen
  } catch (error) {
    screen?.destroy()
    const what = params.kind === 'serial' ? 'serial line' : 'screen'
    throw hostRefusal(
      agentFailure('vm.console', `The ${what} of ${params.instanceName} cannot be opened`, { seen: errorText(error) }),
    )
  }
}

/** Until one of the two ends: then both have. */
async function serve(
  context: HostContext,
  { instanceName, kind }: Params<'vm.console.open'>,
  guest: Duplex,
  channel: Duplex,
): Promise<void> {
  try {
    if (kind === 'vnc') await welcomeRfb(channel, byteReader(channel))
    await pipeline(channel, guest, channel)
  } catch (error) {
    context.log.debug({ instanceName, kind, error: errorText(error) }, 'a console has ended')
  } finally {
    guest.destroy()
    channel.destroy()
  }
}
