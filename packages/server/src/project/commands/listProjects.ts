import { listProjects } from '@altostack/api'
import { emptyList } from '../../command/empty-list.ts'
import { defineHandler } from '../../command/handler.ts'

/** No project can exist: this version has no command that makes one. */
export const handler = defineHandler(listProjects, emptyList)
