import type { WorkflowTables } from '@altostack/workflow'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { TableTypes } from './columns.ts'
import type { tables } from './tables.ts'

export type Database = TableTypes<typeof tables> & WorkflowTables
/** The root handle. Inside a transaction, using it throws Bug. */
export type Db = Kysely<Database>
export type Tx = Transaction<Database>
/** What a repository function takes first: the handle or the transaction of its caller. */
export type Queries = Db | Tx
/** A row as selected. */
export type Row<T extends keyof Database> = Selectable<Database[T]>
