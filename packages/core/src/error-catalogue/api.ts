import { errorCatalogue, failures } from '../errors.ts'

/** Failures of the API's kernel: what every command can answer. */
export const apiErrors = errorCatalogue({
  'api.bad-request': {
    api: 400,
    cause: 'The request cannot be read.',
    fix: 'Check the request line, encoding and size.',
  },
  'api.unauthorized': {
    api: 401,
    cause: 'The signature, session or API key is missing or wrong, or the caller may not use the command.',
    fix: 'Check the API key, the signature, the session key and the clock of the client.',
  },
  'api.method': { api: 405, cause: 'The HTTP method is not allowed here.', fix: 'Use POST.' },
  'api.rate': {
    api: 429,
    cause: 'The caller has used up its requests.',
    fix: 'Wait for the time that the text names.',
  },
  'api.malformed-parameter': {
    api: 430,
    cause: 'A map parameter is not written as name[i].field=value, or a field is missing.',
    fix: 'Write each field as name[index].field=value.',
  },
  'api.parameter': {
    api: 431,
    cause: 'A parameter is missing or has a bad value.',
    fix: 'Correct the named parameter.',
  },
  'api.parameter-unsupported': {
    api: 431,
    cause: 'The command declares this parameter, this version does not do it.',
    fix: 'Leave the parameter out; docs/reference/compatibility.md gives the reason.',
  },
  'api.unsupported': {
    api: 432,
    cause: 'The command does not exist here.',
    fix: 'See listApis for the commands of this server.',
  },
  'api.unavailable': {
    api: 503,
    cause: 'The server is starting or shutting down.',
    fix: 'Repeat the request in a moment.',
  },
  'api.data-gone': {
    api: 503,
    cause: "The management server's own files were deleted or replaced while it ran; it has stopped to serve.",
    fix: 'Copy the database out of the running process as its log and /healthz say, put the files back, then start the server again.',
  },
  'api.internal': {
    api: 530,
    cause: 'The server failed; its log has the cause.',
    fix: 'Look for the request id in the log.',
  },
  'api.permission': {
    api: 531,
    cause: 'The caller may not act on this object.',
    fix: 'Ask its owner or an administrator.',
  },
  'api.login': { api: 531, cause: 'The name, the password or the domain is wrong.', fix: 'Check all three.' },
  'api.account-limit': {
    api: 532,
    cause: 'A resource limit of the account is reached.',
    fix: 'Free resources or raise the limit.',
  },
  'api.insufficient-capacity': {
    api: 533,
    cause: 'No host fits.',
    fix: 'The evidence lists for each host the filter that refused it and by how much.',
  },
  'api.resource-unavailable': {
    api: 534,
    cause: 'A resource that is needed is not available.',
    fix: 'See the evidence.',
  },
  'api.resource-allocation': { api: 535, cause: 'A resource could not be allocated.', fix: 'See the evidence.' },
  'api.in-use': { api: 536, cause: 'The object is still in use.', fix: 'Remove what uses it first.' },
  'api.conflict': { api: 537, cause: 'It conflicts with an existing network rule.', fix: 'Change or remove the rule.' },
})
export const apiFailure: ReturnType<typeof failures<typeof apiErrors>> = failures(apiErrors)
