import type { Workflow } from '@altostack/workflow'
import type { BoundHandler } from './handler.ts'
import { handlers as generated } from './handlers.generated.ts'
import { workflows as generatedWorkflows } from './workflows.generated.ts'

/** The commands that this server offers. */
export type Handlers = {
  /** By the name as the caller spelt it: command names are case-sensitive. */
  readonly find: (name: string) => BoundHandler | undefined
  readonly all: readonly BoundHandler[]
}

export function createHandlers(bound: readonly BoundHandler[]): Handlers {
  const byName = new Map(bound.map((entry) => [entry.command.name, entry]))
  return { find: (name) => byName.get(name), all: bound }
}

export const serverHandlers: readonly BoundHandler[] = generated
export const serverWorkflows: readonly Workflow[] = generatedWorkflows
