import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of hosts, capacity, storage, virtual machines, networks and high availability. */
export const resourceSettings: readonly SettingDefinition[] = [
  setting('cpu.overprovisioning.factor', 'Float', '1.0', "How many times a host's CPU may be promised.", {
    scopes: ['Global', 'Cluster'],
  }),
  setting('mem.overprovisioning.factor', 'Float', '1.0', "How many times a host's memory may be promised.", {
    scopes: ['Global', 'Cluster'],
  }),
  setting('storage.overprovisioning.factor', 'Double', '2', "How many times a pool's space may be promised.", {
    scopes: ['Global', 'StoragePool'],
    category: 'Storage',
  }),
  setting(
    'cluster.cpu.allocated.capacity.disablethreshold',
    'Float',
    '0.85',
    'Share of CPU promised in a cluster above which nothing new is placed there.',
    { scopes: ['Global', 'Cluster'], category: 'Alert' },
  ),
  setting(
    'cluster.memory.allocated.capacity.disablethreshold',
    'Float',
    '0.85',
    'Share of memory promised in a cluster above which nothing new is placed there.',
    { scopes: ['Global', 'Cluster'], category: 'Alert' },
  ),
  setting(
    'cluster.cpu.allocated.capacity.notificationthreshold',
    'Double',
    '0.75',
    'Share of CPU promised in a cluster above which an alert is raised.',
    { scopes: ['Global', 'Cluster'], category: 'Alert' },
  ),
  setting(
    'cluster.memory.allocated.capacity.notificationthreshold',
    'Double',
    '0.75',
    'Share of memory promised in a cluster above which an alert is raised.',
    { scopes: ['Global', 'Cluster'], category: 'Alert' },
  ),
  setting(
    'cluster.storage.capacity.notificationthreshold',
    'Double',
    '0.75',
    "Share of a cluster's storage in use above which an alert is raised.",
    { scopes: ['Global', 'Cluster'], category: 'Alert' },
  ),
  setting(
    'cluster.storage.allocated.capacity.notificationthreshold',
    'Double',
    '0.75',
    "Share of a cluster's storage promised above which an alert is raised.",
    { scopes: ['Global', 'Cluster'], category: 'Alert' },
  ),
  setting('cluster.threshold.enabled', 'Boolean', 'true', 'Whether the disable thresholds of clusters are kept.', {
    static: true,
  }),
  setting(
    'pool.storage.capacity.disablethreshold',
    'Double',
    '0.85',
    'Share of a pool in use above which no volume is placed there.',
    { scopes: ['Global', 'StoragePool', 'Zone'], category: 'Alert' },
  ),
  setting(
    'pool.storage.allocated.capacity.disablethreshold',
    'Double',
    '0.85',
    'Share of a pool promised above which no volume is placed there.',
    { scopes: ['Global', 'StoragePool', 'Zone'], category: 'Alert' },
  ),
  setting('capacity.check.period', 'Integer', '300000', 'Milliseconds between two checks of the capacity thresholds.', {
    static: true,
    category: 'Alert',
  }),
  setting(
    'capacity.skipcounting.hours',
    'Integer',
    '3600',
    'Hours after its stop in which a virtual machine keeps its place on its last host.',
    { static: true },
  ),
  setting(
    'host.reservation.release.period',
    'Integer',
    '300000',
    "Milliseconds after which a stopped virtual machine's place on its last host is free again.",
    { static: true },
  ),
  setting('vm.allocation.algorithm', 'String', 'random', 'How hosts are ordered for a new virtual machine.'),
  setting('vm.deployment.planner', 'String', 'FirstFitPlanner', 'Planner of service offerings that name none.', {
    static: true,
  }),
  setting(
    'vm.user.dispersion.weight',
    'Float',
    '1',
    "Weight of spreading an account's virtual machines; the rest is the weight of free capacity.",
    { static: true },
  ),
  setting(
    'vm.strict.host.tags',
    'String',
    '',
    'Host tags that are also kept when a virtual machine starts on its last host.',
  ),
  setting(
    'host.capacityType.to.order.clusters',
    'String',
    'CPU',
    'Whether clusters are ordered by CPU, memory or both.',
    { static: true },
  ),
  setting(
    'deployment.planners.order',
    'String',
    'FirstFitPlanner,UserDispersingPlanner,UserConcentratedPodPlanner,ImplicitDedicationPlanner,BareMetalPlanner',
    'Planners in the order in which they are asked.',
    { static: true },
  ),
  setting('volume.allocation.algorithm', 'String', 'random', 'How pools are ordered for a new volume.'),
  setting('enable.ha.storage.migration', 'Boolean', 'true', 'Whether high availability may move volumes.', {
    static: true,
    category: 'Storage',
  }),
  setting('enable.storage.migration', 'Boolean', 'true', 'Whether volumes may move between pools.', {
    category: 'Storage',
  }),
  setting('ping.interval', 'Integer', '60', 'Seconds between two pings of an agent.', { static: true }),
  setting('ping.timeout', 'Float', '2.5', 'How many ping intervals an agent may miss before it counts as silent.'),
  setting('wait', 'Integer', '1800', 'Seconds that a host command may take unless its own limit says otherwise.'),
  setting('ready.command.wait', 'Integer', '60', 'Seconds that an agent may take to get ready.'),
  setting('update.wait', 'Integer', '600', 'Seconds that an agent may take to update itself.', { static: true }),
  setting('migratewait', 'Integer', '3600', 'Seconds that a live migration may take.', { static: true }),
  setting(
    'kvm.storage.online.migration.wait',
    'Integer',
    '86400',
    'Seconds that a live migration of a virtual machine with its disks may take.',
    { category: 'Storage' },
  ),
  setting(
    'migrate.vm.across.clusters',
    'Boolean',
    'false',
    'Whether the planner may choose a host of another cluster for a running virtual machine.',
    { scopes: ['Global', 'Zone'] },
  ),
  setting('start.retry', 'Integer', '10', 'Hosts that are tried for one start.'),
  setting('stop.retry.interval', 'Integer', '600', 'Seconds before a stop that failed is tried again.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('restart.retry.interval', 'Integer', '600', 'Seconds before a restart that failed is tried again.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('expunge.delay', 'Integer', '86400', 'Seconds that a destroyed virtual machine can be recovered.', {
    static: true,
  }),
  setting(
    'expunge.interval',
    'Integer',
    '86400',
    'Seconds between two looks for destroyed virtual machines to expunge.',
    { static: true },
  ),
  setting('allow.public.user.templates', 'Boolean', 'true', 'Whether users may make their templates public.', {
    scopes: ['Global', 'Account'],
  }),
  setting('instance.name', 'String', 'VM', 'Last part of the internal name of virtual machines.', { static: true }),
  setting('vm.instancename.flag', 'Boolean', 'false', 'Whether the display name becomes part of the internal name.', {
    static: true,
  }),
  setting('vm.distinct.hostname.scope', 'String', 'network', 'Where a host name must be unique.'),
  setting('vm.password.length', 'Integer', '6', 'Characters of a generated password.', { static: true }),
  setting('vm.configdrive.label', 'String', 'config-2', 'Volume label of config drives; images look for config-2.', {
    category: 'Hidden',
    static: true,
  }),
  setting('vm.userdata.max.length', 'Integer', '32768', 'Characters of base64 user data that are accepted.'),
  setting('vm.serviceoffering.cpu.cores.max', 'Integer', '0', 'Most cores of a service offering; 0 is no limit.'),
  setting('vm.serviceoffering.ram.size.max', 'Integer', '0', 'Most memory of a service offering, MiB; 0 is no limit.'),
  setting('custom.diskoffering.size.min', 'Long', '1', 'Smallest custom disk, GiB.'),
  setting('custom.diskoffering.size.max', 'Long', '1024', 'Largest custom disk, GiB.'),
  setting(
    'volume.resize.allowed.beyond.allocation',
    'Boolean',
    'false',
    'Whether volumes may grow beyond the share of a pool that new ones may take.',
    { category: 'Advanced', scopes: ['StoragePool', 'Zone'] },
  ),
  setting(
    'pool.storage.allocated.resize.capacity.disablethreshold',
    'Double',
    '0.90',
    'Share of a pool up to which volumes may then grow.',
    { category: 'Alert', scopes: ['StoragePool', 'Zone'], min: 0, max: 1 },
  ),
  setting(
    'snapshot.poll.interval',
    'Integer',
    '300',
    'Seconds between two looks for snapshots that policies are due for.',
    {
      category: 'Snapshots',
      min: 1,
    },
  ),
  ...(['hourly', 'daily', 'weekly', 'monthly'] as const).map((interval) =>
    setting(
      `snapshot.max.${interval}`,
      'Integer',
      '8',
      `Most snapshots that a policy of the interval ${interval} may keep.`,
      {
        category: 'Snapshots',
        min: 1,
      },
    ),
  ),
  setting('vmsnapshot.max', 'Integer', '10', 'Most snapshots of a virtual machine.', { scopes: ['Account'], min: 1 }),
  setting('storage.max.volume.size', 'Long', '2000', 'Largest volume, GiB.', { category: 'Storage' }),
  setting(
    'destroy.root.volume.on.vm.destruction',
    'Boolean',
    'false',
    'Whether the root volume goes when its virtual machine is destroyed.',
    { scopes: ['Global', 'Domain'] },
  ),
  setting('vm.destroy.forcestop', 'Boolean', 'false', 'Whether a destroy stops a virtual machine by force.'),
  setting('enable.dynamic.scale.vm', 'Boolean', 'false', 'Whether running virtual machines can grow.', {
    scopes: ['Global', 'Zone'],
  }),
  setting(
    'enable.additional.vm.configuration',
    'Boolean',
    'false',
    'Whether extra hypervisor configuration is accepted.',
    { scopes: ['Global', 'Account'] },
  ),
  setting('kvm.snapshot.enabled', 'Boolean', 'true', 'Whether volume snapshots are made on KVM.', {
    static: true,
    category: 'Snapshots',
  }),
  setting(
    'kvm.auto.convergence',
    'Boolean',
    'false',
    'Slow down a guest that dirties memory faster than it can be moved.',
    { category: 'Storage' },
  ),
  setting('kvm.ssh.to.agent', 'Boolean', 'true', "Whether a host's agent may be restarted over SSH."),
  setting('kvm.host.discovery.ssh.port', 'Integer', '22', 'Port of the SSH server of new hosts.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('kvm.public.network.device', 'String', null, 'Bridge of public traffic on hosts that name none.', {
    static: true,
    category: 'Hidden',
  }),
  setting('kvm.private.network.device', 'String', null, 'Bridge of management traffic on hosts that name none.', {
    static: true,
    category: 'Hidden',
  }),
  setting('kvm.guest.network.device', 'String', null, 'Bridge of guest traffic on hosts that name none.', {
    static: true,
    category: 'Hidden',
  }),
  setting(
    'add.host.on.service.restart.kvm',
    'Boolean',
    'true',
    'Whether libvirt and agent are restarted when a host is added.',
  ),
  setting('enable.kvm.host.auto.enable.disable', 'Boolean', 'false', 'Whether a failed health check disables a host.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('guest.domain.suffix', 'String', 'cloud.internal', 'DNS domain of guests whose network names none.', {
    scopes: ['Global', 'Zone'],
    category: 'Network',
  }),
  setting('network.throttling.rate', 'Integer', '200', 'Mbit/s of a network that names no rate.', {
    scopes: ['Global', 'Zone'],
    category: 'Network',
  }),
  setting(
    'vm.network.throttling.rate',
    'Integer',
    '200',
    "Mbit/s of a virtual machine's default network card when its offering names no rate.",
    { scopes: ['Global', 'Zone'], category: 'Network' },
  ),
  setting('dhcp.lease.timeout', 'Integer', '0', 'Seconds of a DHCP lease; 0 is for ever.', {
    scopes: ['Global', 'Zone'],
    category: 'Network',
  }),
  setting('network.gc.interval', 'Integer', '600', 'Seconds between two looks for networks that nobody uses.', {
    static: true,
  }),
  setting('network.gc.wait', 'Integer', '600', 'Seconds that an unused network is kept.', { static: true }),
  setting(
    'allow.subdomain.network.access',
    'Boolean',
    'true',
    "Whether a domain's networks are open to the domains below.",
    { static: true },
  ),
  setting('allow.duplicate.networkname', 'Boolean', 'true', "Whether an account's networks may have the same name.", {
    scopes: ['Global', 'Account'],
  }),
  setting(
    'secstorage.allowed.internal.sites',
    'String',
    null,
    'Internal networks that templates may be fetched from.',
    { static: true },
  ),
  setting(
    'template.delete.from.primary.storage',
    'Boolean',
    'true',
    "Whether a template's unused copies on pools are deleted.",
  ),
  setting('storage.cleanup.enabled', 'Boolean', 'true', 'Whether deleted volumes and unused copies are cleaned up.', {
    static: true,
  }),
  setting('storage.cleanup.interval', 'Integer', '86400', 'Seconds between two clean-ups of storage.', {
    static: true,
  }),
  setting('storage.cleanup.delay', 'Integer', '86400', 'Seconds that a deleted volume is kept.', { static: true }),
  setting('storage.stats.interval', 'String', '60000', 'Milliseconds between two looks at the use of storage.', {
    static: true,
    category: 'Storage',
  }),
  setting('network.loadbalancer.haproxy.max.conn', 'Integer', '4096', 'Most connections of a load balancer.', {
    category: 'Network',
  }),
  setting('ha.tag', 'String', null, 'Tag of hosts that are kept for high availability.', { static: true }),
  setting('vm.ha.enabled', 'Boolean', 'true', 'Whether virtual machines of a lost host start elsewhere.', {
    scopes: ['Global', 'Zone'],
  }),
  setting('force.ha', 'Boolean', 'false', 'Whether every virtual machine is highly available.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('ha.workers', 'Integer', '5', 'Restarts that are worked on at the same time.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('investigate.retry.interval', 'Integer', '60', 'Seconds between two investigations of a host.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('time.between.failures', 'Long', '3600', 'Seconds between two failures that count as one.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('drs.automatic.enable', 'Boolean', 'false', 'Whether clusters balance themselves.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('drs.automatic.interval', 'Integer', '60', "Minutes between two looks at a cluster's balance.", {
    scopes: ['Global', 'Cluster'],
  }),
  setting('drs.algorithm', 'String', 'balanced', 'How a cluster is balanced.', { scopes: ['Global', 'Cluster'] }),
  setting('drs.imbalance', 'Float', '0.4', 'Imbalance above which virtual machines are moved.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting('drs.max.migrations', 'Integer', '50', 'Most moves of one plan.', { scopes: ['Global', 'Cluster'] }),
  setting('drs.metric', 'String', 'memory', 'What is balanced.', { scopes: ['Global', 'Cluster'] }),
  setting('system.vm.use.local.storage', 'Boolean', 'false', 'Whether system virtual machines use local storage.', {
    scopes: ['Global', 'Zone'],
    static: true,
  }),
  setting('use.system.public.ips', 'Boolean', 'true', "Whether a domain's accounts may use shared public addresses.", {
    scopes: ['Global', 'Account'],
  }),
  setting('instance.lease.enabled', 'Boolean', 'false', 'Whether virtual machines can have a lease.'),
  setting('vm.stats.user.vm.only', 'Boolean', 'false', "Whether only the load of users' virtual machines is kept."),
  setting('vm.disk.stats.retention.enabled', 'Boolean', 'false', 'Whether the load of disks is kept.'),
  setting('vm.disk.stats.max.retention.time', 'Integer', '720', 'Minutes that the load of disks is kept.'),
  setting('sharedfsvm.min.cpu.count', 'Integer', '2', 'Fewest cores of a file-share server.', {
    scopes: ['Global', 'Zone'],
  }),
  setting('sharedfsvm.min.ram.size', 'Integer', '1024', 'Least memory of a file-share server, MiB.', {
    scopes: ['Global', 'Zone'],
  }),
  setting('snapshot.show.chain.size', 'Boolean', 'false', "Whether a snapshot's size is that of its chain.", {
    category: 'Snapshots',
  }),
  setting(
    'store.download.follow.redirects',
    'Boolean',
    'false',
    "Whether a redirect of a template's address is followed.",
  ),
  setting(
    'alto.kvm.emulation.allowed',
    'Boolean',
    'false',
    'Whether hosts without hardware virtualisation are accepted; their guests are emulated and slow.',
    { scopes: ['Global', 'Cluster'] },
  ),
  setting('alto.fetch.allowed.cidrs', 'CSV', '', 'Private and loopback networks that templates may be fetched from.'),
]
