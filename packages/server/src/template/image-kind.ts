import { apiFailure } from '@altostack/core'
import type { Row } from '../db/database.ts'

export type ImageKind = 'Template' | 'ISO'

export function kindOf(template: Pick<Row<'vm_template'>, 'format'>): ImageKind {
  return template.format === 'ISO' ? 'ISO' : 'Template'
}

/** Templates and ISOs are of one table; a command for one is not for the other. */
export function requireKind(template: Row<'vm_template'>, kind: ImageKind): void {
  if (kindOf(template) === kind) return
  const other = kind === 'ISO' ? 'a template' : 'an ISO'
  throw apiFailure('api.parameter', `${template.name} is ${other}, no ${kind === 'ISO' ? kind : 'template'}`, {
    fix: `Use the command for ${kind === 'ISO' ? 'templates' : 'ISOs'}.`,
    entities: [{ uuid: template.uuid, description: kindOf(template) }],
  })
}
