import type { Bench } from '../bench.ts'
import { measureLists } from '../list-calls.ts'

export const bench: Bench = (options) => measureLists('mariadb', options)
