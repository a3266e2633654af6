import { defineResponse } from '../define-response.ts'

export const configurationResponse = defineResponse({
  name: 'ConfigurationResponse',
  fields: {
    category: { type: 'string', description: 'The category.' },
    group: { type: 'string', since: '4.18.0', description: 'The group.' },
    subgroup: { type: 'string', since: '4.18.0', description: 'The subgroup.' },
    name: { type: 'string', description: 'The name.' },
    value: { type: 'string', description: 'The value.' },
    defaultvalue: { type: 'string', since: '4.18.0', description: 'The defaultvalue.' },
    scope: { type: 'string', description: 'The scope.' },
    id: { type: 'long', description: 'The id.' },
    description: { type: 'string', description: 'The description.' },
    isdynamic: { type: 'boolean', description: 'The isdynamic.' },
    component: { type: 'string', since: '4.18.0', description: 'The component.' },
    parent: { type: 'string', since: '4.18.0', description: 'The parent.' },
    displaytext: { type: 'string', since: '4.18.0', description: 'The displaytext.' },
    type: { type: 'string', since: '4.18.0', description: 'The type.' },
    options: { type: 'string', since: '4.18.0', description: 'The options.' },
    jobid: { type: 'string', description: 'The jobid.' },
    jobstatus: { type: 'integer', description: 'The jobstatus.' },
  },
})
