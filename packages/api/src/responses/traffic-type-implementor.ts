import { defineResponse } from '../define-response.ts'

export const trafficTypeImplementorResponse = defineResponse({
  name: 'TrafficTypeImplementorResponse',
  fields: {
    traffictype: { type: 'string', description: 'Kind of traffic.' },
    traffictypeimplementor: { type: 'string', description: 'What carries it.' },
  },
})
