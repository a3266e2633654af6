import { defineResponse } from '../define-response.ts'

export const diskOfferingResponse = defineResponse({
  name: 'DiskOfferingResponse',
  fields: {
    id: { type: 'string', description: 'Id.' },
    domainid: { type: 'string', description: 'Id of the domain.' },
    domain: { type: 'string', description: 'Name of the domain.' },
    zoneid: { type: 'string', since: '4.13.0', description: 'Id of the zone.' },
    zone: { type: 'string', since: '4.13.0', description: 'Names of the zones it is limited to.' },
    name: { type: 'string', description: 'Name.' },
    state: { type: 'string', description: 'State.' },
    displaytext: { type: 'string', description: 'Text shown to people.' },
    disksize: { type: 'long', description: 'Size in GiB.' },
    created: { type: 'date', description: 'When it was created.' },
    iscustomized: { type: 'boolean', description: 'Whether the owner chooses the size.' },
    iscustomizediops: { type: 'boolean', description: 'Whether the owner chooses IOPS.' },
    tags: { type: 'string', roles: ['Admin'], description: 'Storage tags, separated by commas.' },
    storagetype: { type: 'string', description: 'shared or local.' },
    provisioningtype: { type: 'string', since: '4.4.0', description: 'thin, sparse or fat.' },
    cacheMode: { type: 'string', since: '4.4', description: 'Cache mode of the disk.' },
    displayoffering: { type: 'boolean', description: 'Whether users see it.' },
    disksizestrictness: { type: 'boolean', since: '4.17', description: 'Whether the size can never change.' },
    encrypt: { type: 'boolean', since: '4.18', description: 'Whether disks are encrypted.' },
    details: { type: 'map', since: '4.17', description: 'Free key and value pairs.' },
    suitableforvirtualmachine: {
      type: 'boolean',
      since: '4.20.0',
      description: 'Whether it fits the virtual machine.',
    },
    jobid: { type: 'string', description: 'Id of the newest job on it that has not ended.' },
    jobstatus: { type: 'integer', description: '0 pending, 1 done, 2 failed.' },
  },
})
