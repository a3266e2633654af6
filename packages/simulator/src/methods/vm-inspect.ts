import { domainReport } from '../domain-report.ts'
import { readingMethod } from '../host-method.ts'

export const vmInspect = readingMethod('vm.inspect', ({ hypervisor, disk }, { instanceName }) => {
  const domain = hypervisor.domains.get(instanceName)
  if (domain === undefined) {
    const ended = hypervisor.lastEnd(instanceName)
    return { present: false, ...(ended === undefined ? {} : { ended }) }
  }
  return {
    present: true,
    domain: domainReport(disk, domain),
    vncPort: domain.vncPort,
    xml: `<domain type='${domain.acceleration}'><name>${instanceName}</name><uuid>${domain.uuid}</uuid></domain>`,
  }
})
