import { readingMethod } from '../journal/host-method.ts'
import { unmanagedGuests } from '../unmanaged/guests.ts'

export const vmUnmanaged = readingMethod('vm.unmanaged', async (context, { name }) => ({
  guests: await unmanagedGuests(context, name),
}))
