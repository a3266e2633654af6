import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import type { CallParams } from '../api/transport.ts'
import { useContractStore } from '../contract/contract-store.ts'
import type { Row } from '../contract/contract-types.ts'
import { useLiveStore } from '../live/live-store.ts'
import { soon } from '../live/soon.ts'

const pageSize = 100
const lists = {
  zones: 'listZones',
  pods: 'listPods',
  clusters: 'listClusters',
  hosts: 'listHosts',
  pools: 'listStoragePools',
} as const
export type Place = keyof typeof lists
const params: Partial<Record<Place, CallParams>> = { hosts: { type: 'Routing' } }
const entities: Readonly<Record<string, Place>> = {
  Zone: 'zones',
  Pod: 'pods',
  Cluster: 'clusters',
  Host: 'hosts',
  StoragePool: 'pools',
}
/** More changes than this at once: everything is read again. */
const singly = 20

/** Zones, pods, clusters, hosts and pools, kept as the feed says; guests of a host once somebody looks at them. */
export const useInfrastructureStore = defineStore('infrastructure', () => {
  const contract = useContractStore()
  const live = useLiveStore()
  const rows: Record<Place, ReturnType<typeof shallowRef<readonly Row[]>>> = {
    zones: shallowRef([]),
    pods: shallowRef([]),
    clusters: shallowRef([]),
    hosts: shallowRef([]),
    pools: shallowRef([]),
  }
  const guests = shallowRef<ReadonlyMap<string, readonly Row[]>>(new Map())
  const loaded = ref(false)
  const failure = shallowRef<ApiFailure>()

  async function all(list: string, asked: CallParams): Promise<readonly Row[]> {
    const first = await contract.list(list, { ...asked, page: 1, pagesize: pageSize })
    const pages = Math.ceil(first.count / pageSize)
    const rest = await Promise.all(
      Array.from({ length: Math.max(0, pages - 1) }, (_, index) =>
        contract.list(list, { ...asked, page: index + 2, pagesize: pageSize }),
      ),
    )
    return [...first.items, ...rest.flatMap((page) => page.items)]
  }

  async function load(): Promise<void> {
    try {
      await Promise.all(
        (Object.keys(lists) as Place[]).map(async (place) => {
          if (contract.has(lists[place])) rows[place].value = await all(lists[place], params[place] ?? {})
        }),
      )
      failure.value = undefined
    } catch (error) {
      failure.value = asFailure(error)
    } finally {
      loaded.value = true
    }
  }

  async function readOne(place: Place, id: string): Promise<void> {
    const { items } = await contract
      .list(lists[place], { ...params[place], id })
      .catch(() => ({ items: [] as readonly Row[] }))
    const others = (rows[place].value ?? []).filter((row) => row.id !== id)
    const [row] = items
    const before = (rows[place].value ?? []).findIndex((candidate) => candidate.id === id)
    rows[place].value = row === undefined ? others : before === -1 ? [...others, row] : others.toSpliced(before, 0, row)
  }

  /** The guests of a host, kept from now on. */
  async function readGuests(hostId: string): Promise<void> {
    const found = await all('listVirtualMachines', { hostid: hostId, listall: true }).catch(() => [])
    guests.value = new Map(guests.value).set(hostId, found)
  }

  const changed = new Map<string, Place>()
  let whole = false
  const reread = soon(150, () => {
    const now = [...changed]
    changed.clear()
    if (whole || now.length > singly) void load()
    else for (const [id, place] of now) void readOne(place, id)
    whole = false
  })
  const rereadGuests = soon(200, () => {
    for (const hostId of guests.value.keys()) void readGuests(hostId)
  })
  live.watchChanges(undefined, (changes) => {
    if (!loaded.value) return
    if (changes.length === 0) whole = true
    let guest = changes.length === 0
    for (const { resourcetype, resourceid } of changes) {
      const place = entities[resourcetype]
      if (place) changed.set(resourceid, place)
      if (resourcetype === 'VirtualMachine') guest = true
    }
    if (whole || changed.size > 0) reread()
    if (guest) rereadGuests()
  })

  return {
    zones: computed(() => rows.zones.value ?? []),
    pods: computed(() => rows.pods.value ?? []),
    clusters: computed(() => rows.clusters.value ?? []),
    hosts: computed(() => rows.hosts.value ?? []),
    pools: computed(() => rows.pools.value ?? []),
    guests,
    loaded,
    failure,
    load,
    readGuests,
  }
})
