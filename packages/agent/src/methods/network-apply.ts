import { readingMethod } from '../journal/host-method.ts'

export const networkApply = readingMethod('network.apply', (context, wanted) => context.guestNetwork.apply(wanted))
