import { domainReports } from '../domain-report.ts'
import { readingMethod } from '../host-method.ts'

export const vmList = readingMethod('vm.list', ({ hypervisor, disk }) => ({ domains: domainReports(disk, hypervisor) }))
