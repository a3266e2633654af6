import { defineResponse } from '../define-response.ts'

export const osTypeResponse = defineResponse({
  name: 'GuestOSResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    oscategoryid: { type: 'string', description: 'Id of the operating system category.' },
    oscategoryname: { type: 'string', description: 'Name of the operating system category.' },
    name: { type: 'string', description: 'Name.' },
    description: { type: 'string', description: 'Name of the operating system.' },
    isuserdefined: { type: 'boolean', description: 'Whether an administrator added it.' },
    fordisplay: { type: 'boolean', description: 'Whether its owner sees it.' },
  },
})
