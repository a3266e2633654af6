import type { CommandDefinition, Param } from '../define-command.ts'

/** Parameters that every command takes and the kernel handles itself; never reported as unknown, left out of listApis. */
export const commonParams: ReadonlySet<string> = new Set([
  'command',
  'response',
  'apikey',
  'signature',
  'signatureversion',
  'expires',
  'sessionkey',
  'dryrun',
  // Sent by browsers and by the CloudStack console to defeat caches and number requests.
  '_',
  'ctxuserid',
  'ctxaccountid',
  'ctxstarteventid',
  'ctxdetails',
  'httpmethod',
])

/** Ours: on every command that changes something, answer the plan and change nothing. */
export const dryrunParam: Param = {
  type: 'boolean',
  since: '0.1.0',
  extension: true,
  description: 'Answer what the command would do (steps, claims, moves, refusals) and change nothing.',
}

/** Whether the command changes nothing: GET is always allowed, no event, no dryrun. */
export function isReadOnly(definition: CommandDefinition): boolean {
  return definition.kind === 'list' || definition.readOnly === true
}
export function takesDryrun(definition: CommandDefinition): boolean {
  return !isReadOnly(definition) && definition.session !== true
}
