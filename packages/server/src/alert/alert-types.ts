/** Numbers of alert types that this server raises. */
export const alertTypes = {
  memory: 0,
  cpu: 1,
  storage: 2,
  storageAllocated: 3,
  host: 7,
  userVm: 8,
  managementNode: 14,
  userVmMigrate: 17,
  sync: 27,
  haAction: 30,
  caCertificate: 31,
} as const
export type AlertType = (typeof alertTypes)[keyof typeof alertTypes]

/** Types of single objects: each new one is told although another of the type is open. */
export const repetitiveAlertTypes: ReadonlySet<number> = new Set([
  alertTypes.host,
  alertTypes.userVm,
  alertTypes.managementNode,
  alertTypes.userVmMigrate,
  alertTypes.sync,
  alertTypes.haAction,
])
