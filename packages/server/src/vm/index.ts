export { vmToken } from './host-calls.ts'
export { migrationOutcome } from './migration-outcome.ts'
export { vmDemand } from './start-demand.ts'
export {
  findVm,
  insertVm,
  replaceVmDetails,
  requireVm,
  runOfVm,
  updateVmColumns,
  updateVmUuid,
  vmLock,
} from './vm.repository.ts'
export { moveVm, requireVmState, type VirtualMachine } from './vm.states.ts'
export { vmView, vmViews } from './vm.view.ts'
export { claimOf, claimOfSize, releaseClaims, reserveClaims } from './vm-claims.ts'
export { requireHostName } from './vm-name.ts'
export { vmSize } from './vm-size.ts'
export { openVncPassword, vmSpec } from './vm-spec.ts'
export { vmDestroyWorkflow } from './workflows/vm-destroy.ts'
export { vmExpungeWorkflow } from './workflows/vm-expunge.ts'
export { vmMigrateWorkflow } from './workflows/vm-migrate.ts'
export { vmStartWorkflow } from './workflows/vm-start.ts'
export { vmStopWorkflow } from './workflows/vm-stop.ts'
