import type { Params } from '../define-command.ts'

/** Whose objects a list shows. */
export const listOwnership = {
  account: { type: 'string', description: 'Only those of this account; together with domainid.' },
  listall: { type: 'boolean', description: 'Every object the caller may see, not only its own.' },
  domainid: {
    type: 'uuid',
    entity: 'Domain',
    access: 'list',
    description: 'Only those of this domain; with isrecursive of the domains below too.',
  },
  isrecursive: { type: 'boolean', description: 'With domainid or listall: objects of the domains below too.' },
} as const satisfies Params

/** Projects are refused by name; -1 asks for none. */
export const projectOfObject = {
  projectid: {
    type: 'uuid',
    unsupported: { reason: 'Projects are not part of this version.', accepts: ['-1'] },
    description: 'Project of the object.',
  },
} as const satisfies Params
export const projectOfList = {
  projectid: { ...projectOfObject.projectid, description: 'Only those of this project.' },
} as const satisfies Params
