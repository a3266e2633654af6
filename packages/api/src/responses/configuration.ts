import { defineResponse } from '../define-response.ts'

export const configurationResponse = defineResponse({
  name: 'ConfigurationResponse',
  fields: {
    category: { type: 'string', description: 'Category.' },
    group: { type: 'string', since: '4.18.0', description: 'Name of the group.' },
    subgroup: { type: 'string', since: '4.18.0', description: 'Subgroup.' },
    name: { type: 'string', description: 'Name.' },
    value: { type: 'string', description: 'Value.' },
    defaultvalue: { type: 'string', since: '4.18.0', description: 'Value without any change.' },
    scope: { type: 'string', description: 'Where else it can be set, e.g. Zone,Cluster.' },
    id: { type: 'long', description: 'Internal number of the scope.' },
    description: { type: 'string', description: 'What the setting does.' },
    isdynamic: { type: 'boolean', description: 'Whether a change holds at once.' },
    component: { type: 'string', since: '4.18.0', description: 'Part of the server that uses it.' },
    parent: { type: 'string', since: '4.18.0', description: 'Setting above it.' },
    displaytext: { type: 'string', since: '4.18.0', description: 'Text shown to people.' },
    type: { type: 'string', since: '4.18.0', description: 'Type.' },
    options: { type: 'string', since: '4.18.0', description: 'Values it can have.' },
  },
})
