import { join } from 'node:path'
import {
  type CommandDefinition,
  commandNames,
  commands,
  describeApis,
  dryrunParam,
  type Field,
  isReadOnly,
  type Param,
  type ResponseDefinition,
  takesDryrun,
  wrapperOf,
} from '../packages/api/src/index.ts'
import { root, writeGenerated } from './generated-files.ts'

type Schema = { readonly [key: string]: unknown }

/** contract/list-apis.json (what a root administrator gets) and contract/openapi.json. */
export function contractFiles(): ReadonlyMap<string, string> {
  return new Map([
    [join(root, 'contract', 'list-apis.json'), json(describeApis(() => true))],
    [join(root, 'contract', 'openapi.json'), json(openApi())],
  ])
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** One path takes every command; the form's `command` tells which schema holds. */
function openApi(): Schema {
  const schemas: Record<string, Schema> = { Error: errorSchema }
  for (const name of commandNames) {
    const definition: CommandDefinition = commands[name]
    schemas[`${name}.request`] = requestSchema(definition)
    schemas[`${name}.response`] = answerSchema(definition)
    if (definition.response !== 'success') addResponse(schemas, definition.response)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Altostack API',
      version: '4.23.0',
      description: 'The CloudStack API as this server speaks it. GET with a query string is accepted too.',
      license: { name: 'Apache-2.0' },
    },
    paths: { '/client/api': { post: operation() } },
    components: { schemas },
  }
}

function operation(): Schema {
  const content = (kind: 'request' | 'response'): Schema => ({
    oneOf: commandNames.map((name) => ({ $ref: `#/components/schemas/${name}.${kind}` })),
  })
  return {
    operationId: 'call',
    summary: 'Runs the command that the parameter command names.',
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: { ...content('request'), discriminator: { propertyName: 'command', mapping: mapping() } },
        },
      },
    },
    responses: {
      '200': { description: 'The answer.', content: { 'application/json': { schema: content('response') } } },
      default: {
        description: 'An error; the HTTP status is its errorcode.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function mapping(): Schema {
  return Object.fromEntries(commandNames.map((name) => [name, `#/components/schemas/${name}.request`]))
}

const errorSchema: Schema = {
  type: 'object',
  description: 'Under the wrapper of the command, or errorresponse.',
  additionalProperties: {
    type: 'object',
    required: ['errorcode', 'cserrorcode', 'errortext', 'uuidList'],
    properties: {
      errorcode: { type: 'integer' },
      cserrorcode: { type: 'integer' },
      errortext: { type: 'string' },
      uuidList: {
        type: 'array',
        items: { type: 'object', properties: { uuid: { type: 'string' }, description: { type: 'string' } } },
      },
    },
  },
}

function requestSchema(definition: CommandDefinition): Schema {
  const params = takesDryrun(definition) ? { ...definition.params, dryrun: dryrunParam } : definition.params
  return {
    type: 'object',
    description: definition.description,
    'x-roles': definition.roles,
    'x-kind': definition.kind,
    'x-read-only': isReadOnly(definition),
    required: ['command', ...Object.keys(params).filter((name) => params[name]?.required)],
    properties: {
      command: { const: definition.name },
      ...Object.fromEntries(Object.entries(params).map(([name, param]) => [name, paramSchema(param)])),
    },
  }
}

const paramTypes: { readonly [T in Param['type']]: Schema } = {
  uuid: { type: 'string', format: 'uuid' },
  string: { type: 'string' },
  integer: { type: 'integer', format: 'int32' },
  short: { type: 'integer' },
  long: { type: 'integer', format: 'int64' },
  float: { type: 'number' },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string' },
  list: { type: 'string', 'x-separator': ',' },
  map: { type: 'array', items: { type: 'object' }, 'x-form': 'name[index].field=value' },
}

function paramSchema(param: Param): Schema {
  return {
    ...paramTypes[param.type],
    description: param.description,
    ...(param.values ? { enum: param.values } : {}),
    ...(param.min === undefined ? {} : { minimum: param.min }),
    ...(param.max === undefined ? {} : { maximum: param.max }),
    ...(param.type === 'string' ? { maxLength: param.maxLength ?? 255 } : {}),
    ...(param.entity ? { 'x-entity': param.entity } : {}),
    ...(param.roles ? { 'x-roles': param.roles } : {}),
    ...(param.unsupported ? { 'x-unsupported': param.unsupported } : {}),
    ...(param.extension ? { 'x-extension': true } : {}),
  }
}

function answerSchema(definition: CommandDefinition): Schema {
  return { type: 'object', properties: { [wrapperOf(definition)]: bodySchema(definition) } }
}

function bodySchema(definition: CommandDefinition): Schema {
  if (definition.kind === 'async' || definition.kind === 'create') {
    const id = definition.kind === 'create' ? { id: { type: 'string' } } : {}
    return { type: 'object', properties: { ...id, jobid: { type: 'string' } } }
  }
  if (definition.response === 'success') {
    return { type: 'object', properties: { success: { type: 'boolean' }, displaytext: { type: 'string' } } }
  }
  const item = { $ref: `#/components/schemas/${definition.response.name}` }
  if (definition.key === undefined) return item
  const many = definition.kind === 'list' || definition.answersAsList === true
  const properties = many
    ? { count: { type: 'integer' }, [definition.key]: { type: 'array', items: item } }
    : { [definition.key]: item }
  return { type: 'object', properties }
}

function addResponse(schemas: Record<string, Schema>, response: ResponseDefinition): void {
  if (schemas[response.name]) return
  const properties = Object.fromEntries(
    Object.entries(response.fields).map(([name, field]) => [name, fieldSchema(field)]),
  )
  schemas[response.name] = { type: 'object', properties }
  for (const field of Object.values(response.fields)) if (field.of) addResponse(schemas, field.of)
}

function fieldSchema(field: Field): Schema {
  const inner = field.of ? { $ref: `#/components/schemas/${field.of.name}` } : {}
  const notes = { description: field.description, ...(field.roles ? { 'x-roles': field.roles } : {}) }
  switch (field.type) {
    case 'list':
    case 'set':
      return { type: 'array', items: inner, ...notes }
    case 'map':
      return { type: 'object', ...notes }
    case 'object':
      return { ...inner, ...notes }
    case 'date':
      return { type: 'string', ...notes }
    case 'integer':
    case 'long':
      return { type: 'integer', ...notes }
    case 'float':
    case 'double':
      return { type: 'number', ...notes }
    default:
      return { type: field.type, ...notes }
  }
}

if (import.meta.main) writeGenerated(contractFiles(), 'node tools/generate-contract.ts')
