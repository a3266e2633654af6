import { listSupportedNetworkServices } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { networkServices } from '../network-services.ts'

export const handler = defineHandler(listSupportedNetworkServices, {
  async list({ input, page }) {
    const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
    const keyword = input.keyword?.toLowerCase() ?? ''
    const found = networkServices.filter(
      ({ name, providers }) =>
        (input.service === undefined || same(name, input.service)) &&
        (input.provider === undefined || providers.some((provider) => same(provider, input.provider ?? ''))) &&
        name.toLowerCase().includes(keyword),
    )
    return {
      count: found.length,
      items: found.slice(page.offset, page.offset + page.limit).map(({ name, providers, capabilities }) => ({
        name,
        provider: providers.map((provider) => ({ name: provider })),
        capability: Object.entries(capabilities).map(([capability, value]) => ({
          name: capability,
          value,
          canchooseservicecapability: false,
        })),
      })),
    }
  },
})
