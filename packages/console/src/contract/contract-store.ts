import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { type AnswerBody, type CallParams, callApi } from '../api/transport.ts'
import type { Command, Row } from './contract-types.ts'
import { resourcesOf } from './resources.ts'

export type Page = { readonly count: number; readonly items: readonly Row[] }

/**
 * What this caller may do here, as the server says: pages, forms, tables and actions follow it. The browser keeps the
 * answer and asks by ETag whether it still holds.
 */
export const useContractStore = defineStore('contract', () => {
  const commands = shallowRef<ReadonlyMap<string, Command>>(new Map())
  const loaded = computed(() => commands.value.size > 0)
  const resources = computed(() => resourcesOf(commands.value))

  async function load(): Promise<void> {
    const { api = [] } = await callApi('listApis', {}, { get: true })
    commands.value = new Map((api as readonly Command[]).map((command) => [command.name, command]))
  }

  function has(name: string): boolean {
    return commands.value.has(name)
  }

  async function call(name: string, params: CallParams = {}, signal?: AbortSignal): Promise<AnswerBody> {
    const get = commands.value.get(name)?.httprequesttype === 'GET'
    return await callApi(name, params, signal ? { get, signal } : { get })
  }

  /** A page of a list command. */
  async function list(name: string, params: CallParams = {}, signal?: AbortSignal): Promise<Page> {
    const known = takenBy(commands.value.get(name), params)
    const body = await call(name, known, signal)
    const key = commands.value.get(name)?.key ?? ''
    const items = (body[key] ?? []) as readonly Row[]
    return { count: Number(body.count ?? items.length), items }
  }

  /** One object by its id, or undefined. */
  async function find(name: string, id: string, params: CallParams = {}, field = 'id'): Promise<Row | undefined> {
    const { items } = await list(name, { ...params, [field]: id })
    return items.find((row) => row[field] === id) ?? items[0]
  }

  function forget(): void {
    commands.value = new Map()
  }

  return { commands, loaded, resources, load, has, call, list, find, forget }
})

/** Leaves out what the command does not declare: a page asks for what it would like, the contract says what there is. */
function takenBy(command: Command | undefined, params: CallParams): CallParams {
  if (!command) return params
  const names = new Set(command.params.filter((param) => param.unsupported === undefined).map((param) => param.name))
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.has(name)))
}
