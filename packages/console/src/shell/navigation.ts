import { computed } from 'vue'
import { useContractStore } from '../contract/contract-store.ts'
import type { Group } from '../contract/resource-table.ts'
import { derived, i18n } from '../i18n/i18n.ts'

export type NavigationItem = { readonly to: string; readonly icon: string; readonly label: string }
export type NavigationGroup = { readonly label: string | undefined; readonly items: readonly NavigationItem[] }

const order: readonly Group[] = ['compute', 'infrastructure', 'storage', 'network', 'identity', 'operation', 'more']

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The pages that this caller's commands make possible, grouped. */
export function useNavigation() {
  const contract = useContractStore()
  const { t } = i18n.global
  return computed<readonly NavigationGroup[]>(() => {
    const special: Partial<Record<Group, NavigationItem[]>> = {
      infrastructure: contract.has('listHosts') ? [{ to: '/infrastructure', icon: 'map', label: t('nav.map') }] : [],
      operation: contract.has('listAsyncJobs') ? [{ to: '/tasks', icon: 'tasks', label: t('nav.tasks') }] : [],
    }
    const top: NavigationItem[] = [{ to: '/overview', icon: 'overview', label: t('nav.overview') }]
    return [
      { label: undefined, items: top },
      ...order
        .map((group) => ({
          label: t(`group.${group}`),
          items: [
            ...(special[group] ?? []),
            ...contract.resources
              .filter((resource) => resource.group === group)
              .map(({ path, icon, words }) => ({ to: `/${path}`, icon, label: derived(capitalised(words[1])) })),
          ],
        }))
        .filter(({ items }) => items.length > 0),
    ]
  })
}
