import { type SettingDefinition, setting } from '../setting-definition.ts'

const share = { min: 0, max: 1000 }

/** Settings of placement, capacity and the life of virtual machines. */
export const vmSettings: readonly SettingDefinition[] = [
  setting(
    'cluster.cpu.allocated.capacity.disablethreshold',
    'Float',
    '0.85',
    'Share of a cluster’s CPU above which no virtual machine starts in it.',
    { scopes: ['Cluster'], category: 'Alert', ...share },
  ),
  setting(
    'cluster.memory.allocated.capacity.disablethreshold',
    'Float',
    '0.85',
    'Share of a cluster’s memory above which no virtual machine starts in it.',
    { scopes: ['Cluster'], category: 'Alert', ...share },
  ),
  setting(
    'pool.storage.capacity.disablethreshold',
    'Double',
    '0.85',
    'Share of a pool really in use above which no volume is placed on it.',
    { scopes: ['StoragePool', 'Zone'], category: 'Alert', ...share },
  ),
  setting(
    'pool.storage.allocated.capacity.disablethreshold',
    'Double',
    '0.85',
    'Share of a pool’s over-provisioned space above which no volume is placed on it.',
    { scopes: ['StoragePool', 'Zone'], category: 'Alert', ...share },
  ),
  setting(
    'capacity.skipcounting.hours',
    'Integer',
    '3600',
    'Seconds (despite the name) for which a stopped virtual machine keeps its room on its last host.',
    { min: 0, static: true },
  ),
  setting(
    'allow.admin.vm.on.disabled.resources',
    'Boolean',
    'false',
    'Root administrators may deploy in disabled zones, pods, clusters and on disabled hosts.',
  ),
  setting(
    'allow.user.expunge.recover.vm',
    'Boolean',
    'false',
    'Users may expunge and recover their virtual machines themselves.',
    { scopes: ['Account'] },
  ),
  setting('expunge.interval', 'Integer', '86400', 'Seconds between two looks for virtual machines to expunge.', {
    min: 1,
    static: true,
  }),
  setting('expunge.workers', 'Integer', '1', 'Virtual machines expunged at the same time.', { min: 1, static: true }),
  setting(
    'kvm.auto.convergence',
    'Boolean',
    'false',
    'Slow a guest down while it migrates if it writes faster than the network carries.',
    { category: 'Storage' },
  ),
  setting('alto.host.max.guests', 'Integer', '250', 'Virtual machines that one host may hold.', { min: 1 }),
  setting(
    'alto.vm.stop.grace.seconds',
    'Integer',
    '120',
    'Seconds a guest has to shut down by itself before it is ended.',
    { min: 0, max: 3600 },
  ),
  setting(
    'alto.migration.max.downtime.ms',
    'Integer',
    '300',
    'Longest pause of a guest at the end of a live migration, milliseconds.',
    { min: 1, max: 60_000 },
  ),
]
