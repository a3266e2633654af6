import { defineCommand } from '../define-command.ts'
import { apiKeyPairResponse } from '../responses/api-key-pair.ts'

export const registerUserKeys = defineCommand({
  name: 'registerUserKeys',
  kind: 'async',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
  event: 'REGISTER.USER.KEY',
  since: '2.1.0',
  description:
    'Creates a new API key and secret key for a user; the old pair stops working. The keys are in the answer beside the job id and in the job result.',
  params: {
    id: { type: 'uuid', entity: 'User', access: 'operate', required: true, description: 'The user.' },
    name: {
      type: 'string',
      unsupported: {
        reason: 'A user has one key pair in this version; named, dated and restricted pairs are not part of it.',
      },
      description: 'Name of the pair.',
    },
    description: {
      type: 'string',
      maxLength: 1024,
      unsupported: {
        reason: 'A user has one key pair in this version; named, dated and restricted pairs are not part of it.',
      },
      description: 'What the pair is for.',
    },
    startdate: {
      type: 'date',
      unsupported: {
        reason: 'A user has one key pair in this version; named, dated and restricted pairs are not part of it.',
      },
      description: 'Time from which it is valid.',
    },
    enddate: {
      type: 'date',
      unsupported: {
        reason: 'A user has one key pair in this version; named, dated and restricted pairs are not part of it.',
      },
      description: 'Time until which it is valid.',
    },
    rules: {
      type: 'map',
      unsupported: {
        reason: 'A user has one key pair in this version; named, dated and restricted pairs are not part of it.',
      },
      description: 'Commands that the pair may call.',
    },
  },
  response: apiKeyPairResponse,
  key: 'userkeys',
})
