import { readingMethod } from '../host-method.ts'
import { factsOf } from '../host-profile.ts'
import { migrationRefusals } from '../vm-refusals.ts'

export const vmMigrationCheck = readingMethod('vm.migration.check', (context, { spec, copies }) => ({
  refusals: migrationRefusals(context, spec, copies),
  address: factsOf(context.profile, '', context.disk.settings).migrationAddress,
}))
