import { errorCatalogue, failures } from '../errors.ts'

/** Failures of domains, accounts, users and roles. */
export const accountErrors = errorCatalogue({
  'account.name-taken': { api: 431, cause: 'The name is in use.', fix: 'Choose another name.' },
  'account.not-empty': {
    api: 536,
    cause: 'The domain or account still owns objects.',
    fix: 'Delete what the text names first, or repeat with cleanup=true where the command has it.',
  },
  'account.built-in': {
    api: 431,
    cause: 'The object belongs to the installation and stays as it is.',
    fix: 'Make one of your own.',
  },
  'account.state': {
    api: 431,
    cause: 'The account or user is in a state that does not allow it.',
    fix: 'Enable it first.',
  },
  'role.escalation': {
    api: 531,
    cause: 'A role would allow more than its giver may do.',
    fix: 'Give a role of at most your own type; a root administrator may give every role.',
  },
  'role.in-use': { api: 536, cause: 'Accounts still have the role.', fix: 'Give those accounts another role first.' },
})
export const accountFailure: ReturnType<typeof failures<typeof accountErrors>> = failures(accountErrors)
