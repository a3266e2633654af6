import { readingMethod } from '../journal/host-method.ts'
import { hostMigrationAddress } from '../migration/addresses.ts'
import { migrationRefusals } from '../migration/precheck.ts'

export const vmMigrationCheck = readingMethod('vm.migration.check', async (context, { spec, copies }) => ({
  refusals: await migrationRefusals(context, spec, copies),
  address: await hostMigrationAddress(context.settings, context.runtime),
}))
