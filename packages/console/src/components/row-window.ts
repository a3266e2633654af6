import { computed, type Ref, ref, shallowRef, watch } from 'vue'
import { type ApiFailure, asFailure } from '../api/api-failure.ts'
import type { CallParams } from '../api/transport.ts'
import { useContractStore } from '../contract/contract-store.ts'
import type { Row } from '../contract/contract-types.ts'

const pageSize = 100
/** Lists up to this size are read whole, so that they can be sorted here. */
const wholeSize = 500

/** Rows of a list command of any length: pages are read when they come into view and read again when something changed. */
export function useRowWindow(command: Ref<string>, params: Ref<CallParams>) {
  const contract = useContractStore()
  const pages = shallowRef<ReadonlyMap<number, readonly Row[]>>(new Map())
  const count = ref<number>()
  const failure = ref<ApiFailure>()
  const visible = ref<readonly [number, number]>([0, 40])
  let generation = 0
  let reading = new Set<number>()
  let paging = true

  const wanted = computed(() => {
    const [first, last] = visible.value
    const from = Math.floor(first / pageSize)
    const to = Math.floor(Math.max(first, last) / pageSize)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })

  async function read(page: number, mine: number): Promise<void> {
    if (reading.has(page)) return
    reading.add(page)
    try {
      const asked = paging ? { ...params.value, page: page + 1, pagesize: pageSize } : params.value
      const answer = await contract.list(command.value, asked)
      if (mine !== generation) return
      count.value = answer.count
      pages.value = new Map(pages.value).set(page, answer.items)
      failure.value = undefined
      if (page === 0 && answer.count > pageSize && answer.count <= wholeSize) {
        for (let next = 1; next * pageSize < answer.count; next++) void read(next, mine)
      }
    } catch (error) {
      if (mine === generation) failure.value = asFailure(error)
    } finally {
      if (mine === generation) reading.delete(page)
    }
  }

  /** Reads what is in view; the rest is read when it is seen. What is shown stays until the answer is there. */
  async function refresh(): Promise<void> {
    const mine = ++generation
    reading = new Set()
    const inView = new Set(wanted.value)
    const whole = count.value !== undefined && count.value <= wholeSize
    if (!whole) pages.value = new Map([...pages.value].filter(([page]) => inView.has(page)))
    await Promise.all([...(whole ? [0] : inView)].map((page) => read(page, mine)))
  }

  function restart(): void {
    const definition = contract.commands.get(command.value)
    paging = definition?.params.some((param) => param.name === 'pagesize') ?? true
    pages.value = new Map()
    count.value = undefined
    visible.value = [0, 40]
    void refresh()
  }

  watch([command, params], restart, { immediate: true, deep: true })
  watch(wanted, (now) => {
    for (const page of now)
      if (!pages.value.has(page) && page * pageSize < (count.value ?? 1)) void read(page, generation)
  })

  return {
    count,
    failure,
    visible,
    refresh,
    rowAt: (index: number): Row | undefined => pages.value.get(Math.floor(index / pageSize))?.[index % pageSize],
    /** All rows where the list is small enough to be here whole. */
    whole: computed(() => {
      if (count.value === undefined || count.value > wholeSize) return undefined
      const rows = [...pages.value].sort(([a], [b]) => a - b).flatMap(([, page]) => page)
      return rows.length >= count.value ? rows : undefined
    }),
    loadedRows: computed(() => [...pages.value.values()].flat()),
  }
}
