import { defineCommand } from '../define-command.ts'
import { consoleEndpointResponse } from '../responses/console-endpoint.ts'

export const createConsoleEndpoint = defineCommand({
  name: 'createConsoleEndpoint',
  kind: 'sync',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  // A fresh CloudStack's default roles are older than the command; every tenant looks at a guest's screen.
  unlistedRoles: ['ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'VM.CONSOLE',
  since: '4.18.0',
  description:
    'Makes a link to the screen, or the serial line, of a running virtual machine. It works once and for a minute.',
  params: {
    virtualmachineid: {
      type: 'uuid',
      entity: 'VirtualMachine',
      access: 'operate',
      required: true,
      description: 'The virtual machine.',
    },
    token: {
      type: 'string',
      sensitive: true,
      description: 'What the client has to send as extra when it uses the link.',
    },
    kind: {
      type: 'string',
      values: ['vnc', 'serial'],
      extension: true,
      description: 'vnc (the default) for the screen, serial for the first serial line.',
    },
  },
  response: consoleEndpointResponse,
  key: 'consoleendpoint',
})
