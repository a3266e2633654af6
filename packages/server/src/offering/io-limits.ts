import type { IoLimits } from '@altostack/agent-api'
import { apiFailure } from '@altostack/core'
import type { Row } from '../db/database.ts'

const kinds = [
  ['bytesreadrate', 'bytes_read_rate', 'read_bytes_sec'],
  ['byteswriterate', 'bytes_write_rate', 'write_bytes_sec'],
  ['iopsreadrate', 'iops_read_rate', 'read_iops_sec'],
  ['iopswriterate', 'iops_write_rate', 'write_iops_sec'],
] as const
type Kind = (typeof kinds)[number]
type ParameterName = Kind[0] | `${Kind[0]}max` | `${Kind[0]}maxlength`
type ColumnName = Kind[1] | `${Kind[1]}_max` | `${Kind[1]}_max_length`

export type RateInput = { readonly [K in ParameterName]?: number | undefined }
export type RateColumns = { readonly [K in ColumnName]?: number | null }

/** What the input says of each kind: rate, burst, seconds of the burst. */
function givenRates(input: RateInput): Readonly<Record<Kind[0], readonly (number | undefined)[]>> {
  return {
    bytesreadrate: [input.bytesreadrate, input.bytesreadratemax, input.bytesreadratemaxlength],
    byteswriterate: [input.byteswriterate, input.byteswriteratemax, input.byteswriteratemaxlength],
    iopsreadrate: [input.iopsreadrate, input.iopsreadratemax, input.iopsreadratemaxlength],
    iopswriterate: [input.iopswriterate, input.iopswriteratemax, input.iopswriteratemaxlength],
  }
}

/**
 * Columns of the limits that the input names; 0 means none. Throws 431 for a burst below its rate or a length without a
 * burst, as they would be together with `before`.
 */
export function rateColumns(input: RateInput, before: RateColumns = {}): RateColumns {
  const columns: { [K in ColumnName]?: number | null } = {}
  const rates = givenRates(input)
  for (const [parameter, column] of kinds) {
    for (const [at, ending] of (['', '_max', '_max_length'] as const).entries()) {
      const value = rates[parameter][at]
      if (value !== undefined) columns[`${column}${ending}`] = value === 0 ? null : value
    }
    const all = { ...before, ...columns }
    const rate = all[column] ?? null
    const most = all[`${column}_max`] ?? null
    if (most !== null && (rate === null || most < rate)) {
      throw apiFailure('api.parameter', `${parameter}max is not below ${parameter}, which must be given`, {
        seen: `${most} against ${rate ?? 'none'}`,
      })
    }
    if ((all[`${column}_max_length`] ?? null) !== null && most === null) {
      throw apiFailure('api.parameter', `${parameter}maxlength needs ${parameter}max`)
    }
  }
  return columns
}

/** The limits of a disk of this offering, by libvirt's names. */
export function ioLimitsOf(offering: RateColumns | undefined): IoLimits {
  const limits: IoLimits = {}
  if (offering === undefined) return limits
  for (const [, column, name] of kinds) {
    for (const [ending, more] of [
      ['', ''],
      ['_max', '_max'],
      ['_max_length', '_max_length'],
    ] as const) {
      const value = offering[`${column}${ending}`] ?? null
      if (value !== null && value > 0) limits[`${name}${more}`] = value
    }
  }
  return limits
}

/** As responses name them. */
export function rateFields(offering: RateColumns | null) {
  const of = (column: ColumnName): number | null => offering?.[column] ?? null
  return {
    diskBytesReadRate: of('bytes_read_rate'),
    diskBytesWriteRate: of('bytes_write_rate'),
    diskIopsReadRate: of('iops_read_rate'),
    diskIopsWriteRate: of('iops_write_rate'),
  }
}

export function burstFields(offering: Row<'disk_offering'>) {
  return {
    diskBytesReadRateMax: offering.bytes_read_rate_max,
    diskBytesReadRateMaxLength: offering.bytes_read_rate_max_length,
    diskBytesWriteRateMax: offering.bytes_write_rate_max,
    diskBytesWriteRateMaxLength: offering.bytes_write_rate_max_length,
    diskIopsReadRateMax: offering.iops_read_rate_max,
    diskIopsReadRateMaxLength: offering.iops_read_rate_max_length,
    diskIopsWriteRateMax: offering.iops_write_rate_max,
    diskIopsWriteRateMaxLength: offering.iops_write_rate_max_length,
  }
}
