import { hostRefusal } from '@altostack/agent-api'
import { agentFailure, errorText } from '@altostack/core'
import { architecture } from '../facts/facts.ts'
import { readingMethod } from '../journal/host-method.ts'
import { commonCpu } from '../xml/cpu.ts'

export const hostCommonCpu = readingMethod('host.common-cpu', async (context, { cpus }) => {
  try {
    const baseline = await context.libvirt.use(({ host }) =>
      host.baselineHypervisorCpu([...new Set(cpus)], { arch: architecture(), virtType: 'kvm' }),
    )
    return { cpuXml: commonCpu(baseline).text }
  } catch (error) {
    throw hostRefusal(
      agentFailure('vm.cpu', 'libvirt finds no CPU that these hosts have in common', { seen: errorText(error) }),
    )
  }
})
