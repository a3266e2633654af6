import { readingMethod } from '../journal/host-method.ts'
import { domainReport } from '../power/domain-report.ts'
import { lastEnd } from '../power/last-end.ts'
import { vncPort } from '../vm/read-domain.ts'
import { parseXml } from '../xml/parse-xml.ts'

export const vmInspect = readingMethod('vm.inspect', async (context, { instanceName }) => {
  const domain = await context.libvirt.find(instanceName)
  const report = domain === undefined ? undefined : await domainReport(context, domain)
  if (domain === undefined || report === undefined) {
    const ended = await lastEnd(context, instanceName)
    return { present: false, ...(ended === undefined ? {} : { ended }) }
  }
  // Without the secure flag libvirt leaves passwords out.
  const xml = await context.libvirt.use((client) => client.domain.getXmlDesc(domain))
  const port = vncPort(parseXml(xml))
  return { present: true, domain: report, xml, ...(port === undefined ? {} : { vncPort: port }) }
})
