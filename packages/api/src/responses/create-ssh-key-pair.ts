import { defineResponse } from '../define-response.ts'

export const createSSHKeyPairResponse = defineResponse({
  name: 'CreateSSHKeyPairResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    name: { type: 'string', description: 'Name.' },
    account: { type: 'string', description: 'Account that owns it.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    fingerprint: { type: 'string', description: 'Fingerprint of the key.' },
    privatekey: { type: 'string', description: 'Private key in PEM form; answered this once.' },
  },
})
