import { readingMethod } from '../host-method.ts'

/** Nobody but the simulator touches its networks. */
export const networkVerify = readingMethod('network.verify', () => ({}))
