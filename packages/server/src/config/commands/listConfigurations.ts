import { listConfigurations } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { settingView } from '../setting.view.ts'
import { accountSettingsOfDomains, hasScope } from '../setting-scope.ts'
import { chosenScope, shownValue } from '../setting-store.ts'
import { settings } from '../settings.ts'

export const handler = defineHandler(listConfigurations, {
  list: async ({ ctx, db, input, entities, page }) => {
    const chosen = chosenScope(entities)
    const same = (a: string | undefined, b: string): boolean => a === undefined || a.toLowerCase() === b.toLowerCase()
    const domainsOfAccounts = await accountSettingsOfDomains(ctx)
    const found = settings
      .filter((one) => chosen === undefined || hasScope(one, chosen.name, domainsOfAccounts))
      .filter((one) => same(input.name, one.name) && same(input.category, one.category))
      .filter((one) => same(input.group, one.group ?? one.category) && same(input.subgroup, one.subgroup ?? 'Others'))
      .filter(() => input.parent === undefined || input.parent === '')
      .filter((one) => input.keyword === undefined || one.name.includes(input.keyword.toLowerCase()))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const items = []
    for (const one of found.slice(page.offset, page.offset + page.limit)) {
      items.push(settingView(one, await shownValue(ctx, db, one, chosen?.scope ?? {})))
    }
    return { count: found.length, items }
  },
})
