import type { CommandDefinition, CommandKind, Param } from './define-command.ts'
import type { Field, ResponseDefinition } from './define-response.ts'
import { type CommandName, commandNames, commands } from './registry.ts'
import { dryrunParam, isReadOnly, takesDryrun } from './wire/common-params.ts'

export type ApiParameter = {
  readonly name: string
  readonly description: string
  readonly type: string
  readonly length: number
  readonly required: boolean
  readonly since?: string
  readonly related?: string
  /** The rest is ours: what a form needs and CloudStack does not tell. */
  readonly values?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly items?: 'string' | 'uuid'
  readonly fields?: readonly string[]
  readonly sensitive?: boolean
  readonly unsupported?: string
}
export type ApiField = {
  readonly name: string
  readonly description: string
  readonly type: string
  readonly response?: readonly ApiField[]
}
/** One command as listApis shows it; fields always there are those that cmk asserts. */
export type ApiDescription = {
  readonly name: string
  readonly description: string
  readonly since: string
  readonly isasync: boolean
  readonly related: string
  readonly params: readonly ApiParameter[]
  readonly response: readonly ApiField[]
  readonly httprequesttype: 'GET' | 'POST'
  /** Ours: what the answer is, where in it the objects are, and the event that is recorded. */
  readonly kind: CommandKind
  readonly key?: string
  readonly event?: string
}

/**
 * The items of listApis for a caller: the commands that `allowed` passes, in the order of their names. Common
 * parameters are left out; refused ones stay, with their reason. Parameters of other roles are left out when `role` is
 * given.
 */
export function describeApis(
  allowed: (name: CommandName) => boolean,
  role?: Exclude<Param['roles'], undefined>[number],
): readonly ApiDescription[] {
  return commandNames
    .filter((name) => allowed(name))
    .map((name) => describe(commands[name], role))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function describe(definition: CommandDefinition, role: Parameters<typeof describeApis>[1]): ApiDescription {
  const params = Object.entries(definition.params)
    .filter(([, param]) => role === undefined || !param.roles || param.roles.includes(role))
    .map(([name, param]) => describeParam(name, param, definition.name))
  if (takesDryrun(definition)) params.push(describeParam('dryrun', dryrunParam, definition.name))
  return {
    name: definition.name,
    description: definition.description,
    since: definition.since,
    isasync: definition.kind === 'async' || definition.kind === 'create',
    related: related(definition),
    params,
    response: responseFields(definition),
    httprequesttype: isReadOnly(definition) ? 'GET' : 'POST',
    kind: definition.kind,
    ...(definition.key === undefined ? {} : { key: definition.key }),
    ...(definition.event === undefined ? {} : { event: definition.event }),
  }
}

function describeParam(name: string, param: Param, command: string): ApiParameter {
  const creators = param.entity === undefined ? '' : entityCommands(param.entity, command)
  return {
    name,
    description: param.unsupported ? `${param.description} Not done: ${param.unsupported.reason}` : param.description,
    type: param.type,
    length: param.type === 'boolean' ? 0 : (param.maxLength ?? 255),
    required: param.required ?? false,
    ...(param.since === undefined ? {} : { since: param.since }),
    ...(creators === '' ? {} : { related: creators }),
    ...formFacts(param),
  }
}

/** What a form needs to know besides. */
function formFacts({ values, min, max, items, fields, sensitive, unsupported }: Param): Partial<ApiParameter> {
  return {
    ...(values === undefined ? {} : { values }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(items === undefined ? {} : { items }),
    ...(fields === undefined ? {} : { fields: Object.keys(fields) }),
    ...(sensitive ? { sensitive } : {}),
    ...(unsupported === undefined ? {} : { unsupported: unsupported.reason }),
  }
}

/** Commands that answer the same object: what clients complete ids from. */
function related(definition: CommandDefinition): string {
  return Object.values<CommandDefinition>(commands)
    .filter(
      ({ name, response }) => name !== definition.name && response !== 'success' && response === definition.response,
    )
    .map(({ name }) => name)
    .sort()
    .join(',')
}

function entityCommands(entity: string, command: string): string {
  return Object.values<CommandDefinition>(commands)
    .filter(({ name, kind, params }) => kind === 'list' && name !== command && params.id?.entity === entity)
    .map(({ name }) => name)
    .sort()
    .join(',')
}

function responseFields(definition: CommandDefinition): readonly ApiField[] {
  if (definition.response === 'success') {
    return [
      { name: 'displaytext', description: 'Text about the outcome, if any.', type: 'string' },
      { name: 'success', description: 'Whether it succeeded.', type: 'boolean' },
    ]
  }
  const fields = fieldsOf(definition.response)
  const isJob = definition.kind === 'async' || definition.kind === 'create'
  return isJob && !fields.some(({ name }) => name === 'jobid')
    ? [...fields, { name: 'jobid', description: 'Id of the job.', type: 'string' }]
    : fields
}

function fieldsOf(response: ResponseDefinition): readonly ApiField[] {
  return Object.entries(response.fields).map(([name, field]) => describeField(name, field))
}

function describeField(name: string, field: Field): ApiField {
  return {
    name,
    description: field.description,
    type: field.type === 'object' ? 'responseobject' : field.type,
    ...(field.of === undefined ? {} : { response: fieldsOf(field.of) }),
  }
}
