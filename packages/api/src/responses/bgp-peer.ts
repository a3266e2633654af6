import { defineResponse } from '../define-response.ts'

export const bgpPeerResponse = defineResponse({
  name: 'BgpPeerResponse',
  fields: {
    id: { type: 'string', description: 'The id.' },
    ipaddress: { type: 'string', description: 'The ipaddress.' },
    ip6address: { type: 'string', description: 'The ip6address.' },
    asnumber: { type: 'long', description: 'The asnumber.' },
    password: { type: 'string', description: 'The password.' },
    zoneid: { type: 'string', description: 'The zoneid.' },
    zonename: { type: 'string', description: 'The zonename.' },
    created: { type: 'date', description: 'The created.' },
    account: { type: 'string', description: 'The account.' },
    domainid: { type: 'string', description: 'The domainid.' },
    domain: { type: 'string', description: 'The domain.' },
    projectid: { type: 'string', description: 'The projectid.' },
    project: { type: 'string', description: 'The project.' },
    details: { type: 'map', description: 'The details.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
