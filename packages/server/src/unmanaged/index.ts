export { vmImportWorkflow } from './workflows/vm-import.ts'
export { vmUnmanageWorkflow } from './workflows/vm-unmanage.ts'
