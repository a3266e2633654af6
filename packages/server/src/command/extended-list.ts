import type { CommandDefinition, ResponseDefinition, ResponseValue } from '@altostack/api'
import { Bug } from '@altostack/core'
import { type BoundHandler, defineHandler, type ListHandler, type ReadCall } from './handler.ts'

type Items<R> = R extends ResponseDefinition ? readonly ResponseValue<R>[] : never

/** A list that answers what another one does, page and access included, with more said of each object. */
export function defineExtendedList<C extends CommandDefinition, B extends ResponseDefinition>(
  command: C,
  base: { readonly handler: BoundHandler; readonly response: B },
  extend: (call: ReadCall<C>, items: Items<B>) => Promise<Items<C['response']>> | Items<C['response']>,
): BoundHandler {
  const { handler } = base.handler
  if (!('list' in handler)) throw new Bug('only a list can be extended', { command: command.name })
  const list: ListHandler<C>['list'] = async (call) => {
    const { count, items } = await handler.list(call as never)
    return { count, items: (await extend(call, items as unknown as Items<B>)) as never }
  }
  return defineHandler(command, { list })
}
