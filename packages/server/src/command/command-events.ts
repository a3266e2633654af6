import type { CommandDefinition } from '@altostack/api'
import { AltoError, errorText } from '@altostack/core'
import type { Tx } from '../db/database.ts'
import { transact } from '../db/transaction.ts'
import { eventResources } from '../event/event-resources.ts'
import { recordChange } from '../event/feed.ts'
import { recordEvent } from '../event/record-event.ts'
import { scheduledText } from '../jobs/job.repository.ts'
import type { Call } from './execute.ts'
import type { EventResource, Handler, Submission } from './handler.ts'

type ChangeForm = Extract<Handler, { readonly change: unknown }>
type SubmitForm = Extract<Handler, { readonly submit: unknown }>
type Owner = { readonly accountId: number; readonly domainId: number }

/** `startVirtualMachine` as an operator reads it: "start virtual machine". */
export function commandWords(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

function text(command: CommandDefinition, handler: ChangeForm | SubmitForm, call: Call): string {
  if (handler.eventText) return handler.eventText(call as never)
  const named = call.entities.id?.name ?? call.input.name ?? call.input.id
  return typeof named === 'string' ? `${commandWords(command.name)} ${named}` : commandWords(command.name)
}

/** The object that parameter `id` names. */
function namedResource(command: CommandDefinition, call: Call): EventResource | undefined {
  const row = call.entities.id
  const type = eventResources[command.event ?? ''] ?? command.params.id?.entity
  if (type === undefined) return undefined
  return row ? { type, id: row.id ?? null, uuid: row.uuid ?? null } : { type }
}

function ownerOf(call: Call): Owner {
  const row = call.entities.id
  if (typeof row?.account_id === 'number' && typeof row.domain_id === 'number') {
    return { accountId: row.account_id, domainId: row.domain_id }
  }
  return { accountId: call.caller.accountId, domainId: call.caller.domainId }
}

/** The one event of a command that is done at once. */
export async function recordChangeEvent(
  tx: Tx,
  command: CommandDefinition,
  handler: ChangeForm,
  call: Call,
  view: unknown,
): Promise<void> {
  if (!command.event) return
  const told = handler.eventResource?.(call as never, view as never)
  const named = told ?? namedResource(command, call)
  const made = (view as { readonly id?: unknown } | undefined)?.id
  const resource = named && named.uuid === undefined && typeof made === 'string' ? { ...named, uuid: made } : named
  // Moves of states are told where they happen; this tells those who look at the object of any other change.
  if (resource?.uuid) {
    const owner = told?.owner ?? ownerOf(call)
    await recordChange(tx, call.ctx, {
      entity: resource.type,
      entityId: resource.id ?? 0,
      entityUuid: resource.uuid,
      from: null,
      to: null,
      cause: command.name,
      accountId: owner.accountId,
      domainId: owner.domainId,
    })
  }
  await recordEvent(tx, call.ctx, {
    type: command.event,
    description: `Successfully completed ${text(command, handler, call)}`,
    userId: call.caller.userId,
    ...(told?.owner ?? ownerOf(call)),
    ...(resource ? { resource } : {}),
  })
}

/**
 * SCHEDULED and STARTED of a command that a workflow does; COMPLETED is written where its run ends. Both are written
 * here: the run begins with this commit, and a commit of its own for STARTED would cost more than it tells.
 */
export async function recordSubmissionEvents(
  tx: Tx,
  command: CommandDefinition,
  handler: SubmitForm,
  call: Call,
  { instance, owner }: Submission,
): Promise<number> {
  if (!command.event) return 0
  const what = text(command, handler, call)
  const named = namedResource(command, call)
  const resource = instance ? { type: named?.type ?? instance.type, id: instance.id, uuid: instance.uuid } : named
  const shared = {
    type: command.event,
    userId: call.caller.userId,
    ...(owner ?? ownerOf(call)),
    ...(resource ? { resource } : {}),
  }
  const startId = await recordEvent(tx, call.ctx, {
    ...shared,
    state: 'Scheduled',
    description: `${scheduledText}${what}`,
  })
  await recordEvent(tx, call.ctx, { ...shared, state: 'Started', description: `Starting job for ${what}`, startId })
  return startId
}

/** A command that was refused, or failed, after its parameters were read. Never hides the failure itself. */
export async function recordFailureEvent(command: CommandDefinition, call: Call, error: unknown): Promise<void> {
  const type = command.event
  // A job that failed has told of itself.
  if (!type || (error instanceof AltoError && error.code.startsWith('job.'))) return
  const resource = namedResource(command, call)
  try {
    await transact(call.ctx, (tx) =>
      recordEvent(tx, call.ctx, {
        type,
        level: 'ERROR',
        description: `Error while ${commandWords(command.name)}: ${errorText(error)}`,
        userId: call.caller.userId,
        ...ownerOf(call),
        ...(resource ? { resource } : {}),
      }),
    )
  } catch (failure) {
    call.ctx.log.error({ err: failure }, 'the event of a failed command could not be written')
  }
}
