import { listVirtualMachinesMetrics, virtualMachineResponse } from '@altostack/api'
import { defineExtendedList } from '../../command/extended-list.ts'
import { mibText, sum } from '../../stats/index.ts'
import { handler as machines } from './listVirtualMachines.ts'

export const handler = defineExtendedList(
  listVirtualMachinesMetrics,
  { handler: machines, response: virtualMachineResponse },
  (_call, items) =>
    items.map((vm) => ({
      ...vm,
      cputotal: `${(((vm.cpunumber ?? 0) * (vm.cpuspeed ?? 0)) / 1000).toFixed(1)} Ghz`,
      memorytotal: `${((vm.memory ?? 0) / 1024).toFixed(2)} GiB`,
      networkread: mibText(vm.networkkbsread ?? undefined),
      networkwrite: mibText(vm.networkkbswrite ?? undefined),
      diskread: mibText(vm.diskkbsread ?? undefined),
      diskwrite: mibText(vm.diskkbswrite ?? undefined),
      diskiopstotal: sum(vm.diskioread ?? undefined, vm.diskiowrite ?? undefined),
    })),
)
