import type { TypedParam, TypedParamValue } from './generated/types.ts'

export type ParamValue = number | string | boolean
export type ParamRecord = Record<string, ParamValue>

/** Typed parameters as a plain object. 64-bit values become numbers: exact up to 2^53, which counters do not reach. */
export function paramsToRecord(params: readonly TypedParam[]): ParamRecord {
  const record: ParamRecord = {}
  for (const { field, value } of params)
    record[field] = typeof value.value === 'bigint' ? Number(value.value) : value.value
  return record
}

/** One parameter of the given type: `param('migrate_uri', 'string', 'tcp://192.0.2.7')`, `param('bandwidth', 'ullong', 100n)`. */
export function param<T extends TypedParamValue['type']>(
  field: string,
  type: T,
  value: Extract<TypedParamValue, { type: T }>['value'],
): TypedParam {
  return { field, value: { type, value } as TypedParamValue }
}
