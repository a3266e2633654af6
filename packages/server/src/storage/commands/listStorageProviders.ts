import { listStorageProviders } from '@altostack/api'
import { storageFailure } from '@altostack/core'
import { defineHandler } from '../../command/handler.ts'

/** Drivers by what they store, under CloudStack's names. */
const providers: Readonly<Record<string, readonly string[]>> = {
  primary: ['DefaultPrimary'],
  image: ['NFS', 'S3'],
}

export const handler = defineHandler(listStorageProviders, {
  async list({ input, page }) {
    const type = input.type.toLowerCase()
    const names = Object.hasOwn(providers, type) ? providers[type] : undefined
    if (names === undefined) {
      throw storageFailure('storage.provider', `There are no storage drivers of type ${input.type}`, {
        seen: `type ${input.type}`,
      })
    }
    const wanted = (input.keyword ?? '').toLowerCase()
    const items = names
      .filter((name) => name.toLowerCase().includes(wanted))
      .map((name) => ({ name, type: type.toUpperCase() }))
    return {
      count: items.length,
      items: items.slice(page.offset, page.limit === undefined ? undefined : page.offset + page.limit),
    }
  },
})
