import type { Params } from '../define-command.ts'

/** The one object that a setting's value is for; everywhere unless one is given. */
export const settingScope = {
  zoneid: { type: 'uuid', entity: 'Zone', access: 'operate', description: 'Zone that alone gets the value.' },
  clusterid: {
    type: 'uuid',
    entity: 'Cluster',
    access: 'operate',
    description: 'Cluster that alone gets the value.',
  },
  storageid: {
    type: 'uuid',
    entity: 'StoragePool',
    access: 'operate',
    description: 'Storage pool that alone gets the value.',
  },
  accountid: {
    type: 'uuid',
    entity: 'Account',
    access: 'operate',
    description: 'Account that alone gets the value.',
  },
  domainid: { type: 'uuid', entity: 'Domain', access: 'operate', description: 'Domain that alone gets the value.' },
} as const satisfies Params
