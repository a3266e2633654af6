import { Bug, type Json, type JsonObject } from '@altostack/core'
import type { CommandDefinition, RoleType } from '../define-command.ts'
import { objectText } from './object-text.ts'
import { serialise, type WireFormat } from './serialise.ts'
import { shapeObject } from './shape.ts'

/** What the planner sees: each host, and of each filter that refuses it what was seen, by how much, and what to do. */
export type Placement = {
  readonly filters: readonly string[]
  readonly hosts: readonly {
    readonly id: string
    readonly name: string
    readonly cluster: string
    readonly fits: boolean
    readonly refusals: readonly {
      readonly filter: string
      readonly seen: string
      readonly fix: string
      /** Missing amount in the filter's unit: bytes, MHz, cores, guests. */
      readonly short?: number
    }[]
  }[]
}

/** One step, claim or move of a plan, as its area describes it. */
export type Plan = {
  readonly ok: boolean
  readonly steps: readonly JsonObject[]
  readonly claims: readonly JsonObject[]
  readonly moves: readonly JsonObject[]
  readonly refusals: readonly {
    readonly code: string
    readonly entity: string
    readonly seen: string
    readonly fix: string
  }[]
  /** Of commands that look for a host, for root administrators. */
  readonly placement?: Placement
}

/** What a handler answers; the edge turns it into JSON or XML by the command's definition. */
export type Answer =
  /** A page of views and how many there are in all. */
  | { readonly kind: 'list'; readonly items: readonly object[]; readonly count: number }
  /** One view; a list of one where the definition says so, directly in the wrapper where it has no key. */
  | { readonly kind: 'object'; readonly view: object }
  | { readonly kind: 'success'; readonly success?: boolean; readonly text?: string }
  /** `id` for kind create. `view` is answered beside the job id (registerUserKeys). */
  | { readonly kind: 'job'; readonly jobid: string; readonly id?: string; readonly view?: object }
  | { readonly kind: 'dryrun'; readonly plan: Plan }

/** The JSON key round a command's answer. */
export function wrapperOf(definition: Pick<CommandDefinition, 'name' | 'wrapper'>): string {
  return definition.wrapper ?? `${definition.name.toLowerCase()}response`
}

/** The whole body of an answer. `version` becomes the XML attribute cloud-stack-version. */
export function answerText(
  definition: CommandDefinition,
  answer: Answer,
  role: RoleType,
  wire: { readonly format: WireFormat; readonly version: string },
): string {
  const wrapper = wrapperOf(definition)
  if (wire.format === 'json' && answer.kind === 'list' && answer.items.length > 0 && answer.count > 0) {
    const response = responseOf(definition)
    const items = answer.items.map((view) => objectText(response, view, role)).join(',')
    return `{${JSON.stringify(wrapper)}:{"count":${answer.count},${JSON.stringify(keyOf(definition))}:[${items}]}}`
  }
  return serialise(wire.format, wrapper, answerBody(definition, answer, role), wire.version)
}

/** The content of the wrapper. An empty list has no count, a page past the end has only the count. */
export function answerBody(definition: CommandDefinition, answer: Answer, role: RoleType): JsonObject {
  switch (answer.kind) {
    case 'list':
      return listBody(definition, answer.items, answer.count, role)
    case 'object':
      return objectBody(definition, answer.view, role)
    case 'success':
      return successBody(answer, 'displaytext')
    case 'job':
      return {
        ...(answer.id === undefined ? {} : { id: answer.id }),
        jobid: answer.jobid,
        ...(answer.view === undefined ? {} : objectBody(definition, answer.view, role)),
      }
    case 'dryrun':
      return { dryrun: answer.plan as unknown as Json }
  }
}

/** The `jobresult` of a finished job: as the command would answer, but a success says `details`. */
export function jobResult(definition: CommandDefinition, answer: Answer, role: RoleType): JsonObject {
  return answer.kind === 'success' ? successBody(answer, 'details') : answerBody(definition, answer, role)
}

function listBody(definition: CommandDefinition, items: readonly object[], count: number, role: RoleType): JsonObject {
  if (count === 0) return {}
  if (items.length === 0) return { count }
  return { count, [keyOf(definition)]: items.map((view) => shapeObject(responseOf(definition), view, role)) }
}

function objectBody(definition: CommandDefinition, view: object, role: RoleType): JsonObject {
  if (definition.answersAsList) return listBody(definition, [view], 1, role)
  const shaped = shapeObject(responseOf(definition), view, role)
  return definition.key === undefined ? shaped : { [definition.key]: shaped }
}

function successBody(answer: { success?: boolean; text?: string }, textKey: string): JsonObject {
  return { success: answer.success ?? true, ...(answer.text === undefined ? {} : { [textKey]: answer.text }) }
}

function keyOf(definition: CommandDefinition): string {
  if (definition.key === undefined) throw new Bug(`${definition.name} answers a list but declares no key`)
  return definition.key
}

function responseOf(definition: CommandDefinition): Exclude<CommandDefinition['response'], 'success'> {
  if (definition.response === 'success') throw new Bug(`${definition.name} answers success, not an object`)
  return definition.response
}
