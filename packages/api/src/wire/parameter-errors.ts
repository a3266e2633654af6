import { type AltoError, apiFailure } from '@altostack/core'
import { printable } from './parse-form.ts'

/**
 * The failure for a uuid that is malformed, names nothing, or names what the caller may not know of. Go clients look
 * for "Invalid parameter NAME value=… due to incorrect long value format, or entity does not exist" to tell not found
 * from failed, so that part of the text is fixed.
 */
export function entityNotFound(command: string, parameter: string, value: string): AltoError {
  return apiFailure(
    'api.parameter',
    `Unable to execute API command ${command.toLowerCase()} due to invalid value. Invalid parameter ${parameter} ` +
      `value=${printable(value)} due to incorrect long value format, or entity does not exist`,
    { fix: `Give ${parameter} the id (a UUID) of an object that exists and that the caller may see.` },
  )
}

export function missingParameter(command: string, parameter: string): AltoError {
  return apiFailure(
    'api.parameter',
    `Unable to execute API command ${command.toLowerCase()} due to missing parameter ${parameter}`,
    { fix: `Send ${parameter}.` },
  )
}

/** `problem` continues "Invalid value for parameter x of y: …". */
export function invalidParameter(command: string, parameter: string, problem: string, fix?: string): AltoError {
  return apiFailure(
    'api.parameter',
    `Unable to execute API command ${command.toLowerCase()} due to invalid value of parameter ${parameter}: ${problem}`,
    { fix: fix ?? `Correct ${parameter}.` },
  )
}

export function unsupportedParameter(command: string, parameter: string, reason: string): AltoError {
  return apiFailure(
    'api.parameter-unsupported',
    `Parameter ${parameter} of ${command} is not supported by this version: ${reason}`,
  )
}

export function malformedMap(command: string, parameter: string, problem: string): AltoError {
  return apiFailure('api.malformed-parameter', `Malformed map parameter ${parameter} of ${command}: ${problem}`)
}
