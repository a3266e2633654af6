import { accountTables } from './tables/account-tables.ts'
import { consoleTables } from './tables/console-tables.ts'
import { doctorTables } from './tables/doctor-tables.ts'
import { eventTables } from './tables/event-tables.ts'
import { guestTables } from './tables/guest-tables.ts'
import { hostTables } from './tables/host-tables.ts'
import { imageTables } from './tables/image-tables.ts'
import { infrastructureTables } from './tables/infrastructure-tables.ts'
import { networkTables } from './tables/network-tables.ts'
import { operationTables } from './tables/operation-tables.ts'
import { segmentTables } from './tables/segment-tables.ts'
import { snapshotTables } from './tables/snapshot-tables.ts'
import { statTables } from './tables/stat-tables.ts'
import { storageTables } from './tables/storage-tables.ts'
import { tagTables } from './tables/tag-tables.ts'
import { virtualMachineTables } from './tables/virtual-machine-tables.ts'

/** Every table of database `cloud` except the workflow engine's own two. Names follow CloudStack's. */
export const tables = {
  ...accountTables,
  ...doctorTables,
  ...consoleTables,
  ...eventTables,
  ...guestTables,
  ...hostTables,
  ...imageTables,
  ...infrastructureTables,
  ...networkTables,
  ...operationTables,
  ...snapshotTables,
  ...segmentTables,
  ...statTables,
  ...storageTables,
  ...tagTables,
  ...virtualMachineTables,
} as const
