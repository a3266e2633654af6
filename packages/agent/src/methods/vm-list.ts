import { readingMethod } from '../journal/host-method.ts'
import { domainReports } from '../power/domain-report.ts'

export const vmList = readingMethod('vm.list', async (context) => ({ domains: await domainReports(context) }))
