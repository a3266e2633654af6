import type { ApiDescription, ApiField, ApiParameter } from '@altostack/api'

export type Command = ApiDescription
export type Parameter = ApiParameter
export type Field = ApiField

/** An object of the API: what its list command answers. */
export type Row = Readonly<Record<string, unknown>>
