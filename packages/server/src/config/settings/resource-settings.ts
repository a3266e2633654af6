import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of hosts, capacity, storage, virtual machines, networks, limits and high availability. */
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
  setting('alert.wait', 'Integer', '1800', 'Seconds that a host may be in Alert before it is investigated.'),
  setting('wait', 'Integer', '1800', 'Seconds that a host command may take unless its own limit says otherwise.'),
  setting('ready.command.wait', 'Integer', '60', 'Seconds that an agent may take to get ready.'),
  setting('update.wait', 'Integer', '600', 'Seconds that an agent may take to update itself.', { static: true }),
  setting('migratewait', 'Integer', '3600', 'Seconds that a live migration may take.', { static: true }),
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
  setting(
    'allow.user.expunge.recover.vm',
    'Boolean',
    'false',
    'Whether users may expunge and recover their virtual machines.',
    { scopes: ['Global', 'Account'] },
  ),
  setting(
    'allow.user.expunge.recover.volume',
    'Boolean',
    'true',
    'Whether users may expunge and recover their volumes.',
    { scopes: ['Global', 'Account'] },
  ),
  setting('allow.user.view.destroyed.vm', 'Boolean', 'false', 'Whether users see their destroyed virtual machines.', {
    scopes: ['Global', 'Account'],
  }),
  setting(
    'allow.user.view.all.domain.accounts',
    'Boolean',
    'false',
    'Whether users see the other accounts of their domain.',
    { scopes: ['Global', 'Domain'] },
  ),
  setting('allow.user.view.all.zones', 'Boolean', 'true', 'Whether users see zones that they cannot use.', {
    scopes: ['Global', 'Domain'],
  }),
  setting('allow.user.force.stop.vm', 'Boolean', 'true', 'Whether users may stop a virtual machine by force.', {
    scopes: ['Global', 'Account'],
  }),
  setting('allow.public.user.templates', 'Boolean', 'true', 'Whether users may make their templates public.', {
    scopes: ['Global', 'Account'],
  }),
  setting('allow.user.create.projects', 'Boolean', 'true', 'Whether users may make projects.', {
    static: true,
    category: 'Project Defaults',
  }),
  setting('project.invite.required', 'Boolean', 'false', 'Whether a project member must accept an invitation.', {
    static: true,
    category: 'Project Defaults',
  }),
  setting('instance.name', 'String', 'VM', 'Last part of the internal name of virtual machines.', { static: true }),
  setting('vm.instancename.flag', 'Boolean', 'false', 'Whether the display name becomes part of the internal name.', {
    static: true,
  }),
  setting('vm.distinct.hostname.scope', 'String', 'network', 'Where a host name must be unique.'),
  setting('vm.password.length', 'Integer', '6', 'Characters of a generated password.', { static: true }),
  setting('vm.userdata.max.length', 'Integer', '32768', 'Characters of base64 user data that are accepted.'),
  setting('vm.serviceoffering.cpu.cores.max', 'Integer', '0', 'Most cores of a service offering; 0 is no limit.'),
  setting('vm.serviceoffering.ram.size.max', 'Integer', '0', 'Most memory of a service offering, MiB; 0 is no limit.'),
  setting('custom.diskoffering.size.min', 'Long', '1', 'Smallest custom disk, GiB.'),
  setting('custom.diskoffering.size.max', 'Long', '1024', 'Largest custom disk, GiB.'),
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
  setting('host.stats.interval', 'Integer', '60000', 'Milliseconds between two looks at the load of hosts.', {
    static: true,
  }),
  setting('vm.stats.interval', 'Integer', '60000', 'Milliseconds between two looks at the load of virtual machines.', {
    static: true,
  }),
  setting('network.loadbalancer.haproxy.max.conn', 'Integer', '4096', 'Most connections of a load balancer.', {
    category: 'Network',
  }),
  setting('max.account.user.vms', 'Long', '20', 'Virtual machines of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.public.ips', 'Long', '20', 'Public addresses of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.volumes', 'Long', '20', 'Volumes of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.snapshots', 'Long', '20', 'Snapshots of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.templates', 'Long', '20', 'Templates of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.networks', 'Long', '20', 'Networks of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.vpcs', 'Long', '20', 'VPCs of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.cpus', 'Long', '40', 'Cores of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.memory', 'Long', '40960', 'Memory of an account, MiB; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.primary.storage', 'Long', '200', 'Primary storage of an account, GiB; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.secondary.storage', 'Long', '400', 'Secondary storage of an account, GiB; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.account.projects', 'Long', '10', 'Projects of an account; -1 is no limit.', {
    static: true,
    category: 'Account Defaults',
  }),
  setting('max.domain.user.vms', 'Long', '40', 'Virtual machines of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.public.ips', 'Long', '40', 'Public addresses of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.volumes', 'Long', '40', 'Volumes of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.snapshots', 'Long', '40', 'Snapshots of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.templates', 'Long', '40', 'Templates of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.networks', 'Long', '40', 'Networks of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.vpcs', 'Long', '40', 'VPCs of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.cpus', 'Long', '80', 'Cores of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.memory', 'Long', '81920', 'Memory of a domain, MiB; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.primary.storage', 'Long', '400', 'Primary storage of a domain, GiB; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.secondary.storage', 'Long', '800', 'Secondary storage of a domain, GiB; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('max.domain.projects', 'Long', '50', 'Projects of a domain; -1 is no limit.', {
    static: true,
    category: 'Domain Defaults',
  }),
  setting('resourcecount.check.interval', 'Long', '300', 'Seconds between two counts of resources.'),
  setting('ca.framework.cert.validity.period', 'Integer', '365', "Days that a host's certificate is valid."),
  setting('ca.framework.cert.automatic.renewal', 'Boolean', 'true', 'Whether certificates are renewed by themselves.', {
    scopes: ['Global', 'Cluster'],
  }),
  setting(
    'ca.framework.cert.expiry.alert.period',
    'Integer',
    '15',
    'Days before its end at which an alert tells of a certificate.',
    { scopes: ['Global', 'Cluster'] },
  ),
  setting('ca.framework.background.task.delay', 'Long', '3600', 'Seconds between two looks at certificates.'),
  setting(
    'ca.plugin.root.auth.strictness',
    'Boolean',
    'false',
    'Whether agents must show a certificate; always so here.',
  ),
  setting(
    'ca.plugin.root.allow.expired.cert',
    'Boolean',
    'true',
    'Whether an expired certificate is accepted; never here.',
  ),
  setting('indirect.agent.lb.algorithm', 'String', 'static', 'How agents are spread over the management servers.'),
  setting(
    'indirect.agent.lb.check.interval',
    'Long',
    '0',
    'Seconds between two looks of an agent for its preferred server.',
    { scopes: ['Global', 'Cluster'] },
  ),
  setting('agent.lb.enabled', 'Boolean', 'false', 'Whether agents are rebalanced over the servers.'),
  setting('direct.agent.load.size', 'Integer', '16', 'Agents that a server takes over at once.'),
  setting('workers', 'Integer', '5', 'Work that a server does at the same time.', { static: true }),
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
  setting('hypervisor.list', 'String', null, 'Hypervisor types that are offered.', { static: true }),
  setting('default.ui.page.size', 'Long', '20', 'Rows a page in the console.'),
  setting(
    'user.vm.denied.details',
    'String',
    'rootdisksize, cpuOvercommitRatio, memoryOvercommitRatio, Message.ReservedCapacityFreed.Flag',
    'Details of virtual machines that users may not set.',
  ),
  setting(
    'user.vm.readonly.details',
    'String',
    'dataDiskController, rootDiskController, backupValidationCommandTimeout, backupValidationScreenshotWait, backupValidationBootTimeout',
    'Details of virtual machines that users may not change.',
  ),
  setting('use.system.public.ips', 'Boolean', 'true', "Whether a domain's accounts may use shared public addresses.", {
    scopes: ['Global', 'Account'],
  }),
  setting('expose.errors.to.user', 'Boolean', 'false', 'Whether users see the text of internal errors.'),
  setting('instance.lease.enabled', 'Boolean', 'false', 'Whether virtual machines can have a lease.'),
  setting(
    'hypervisor.custom.display.name',
    'String',
    'Custom',
    'Name under which the custom hypervisor type is shown.',
  ),
  setting('vm.stats.max.retention.time', 'Integer', '720', 'Minutes that the load of virtual machines is kept.'),
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
  setting('password.policy.minimum.length', 'Integer', '0', 'Fewest characters of a password.', {
    scopes: ['Global', 'Domain'],
  }),
  setting('password.policy.minimum.digits', 'Integer', '0', 'Fewest digits of a password.', {
    scopes: ['Global', 'Domain'],
  }),
  setting('password.policy.minimum.lowercase.letters', 'Integer', '0', 'Fewest lower-case letters of a password.', {
    scopes: ['Global', 'Domain'],
  }),
  setting('password.policy.minimum.uppercase.letters', 'Integer', '0', 'Fewest upper-case letters of a password.', {
    scopes: ['Global', 'Domain'],
  }),
  setting('password.policy.minimum.special.characters', 'Integer', '0', 'Fewest other characters of a password.', {
    scopes: ['Global', 'Domain'],
  }),
  setting(
    'password.policy.allowPasswordToContainUsername',
    'Boolean',
    'true',
    "Whether a password may contain the user's name.",
    { scopes: ['Global', 'Domain'] },
  ),
  setting('password.policy.regex', 'String', '.+', 'Pattern that a password must match.', {
    scopes: ['Global', 'Domain'],
  }),
  setting('use.secret.key.in.response', 'Boolean', 'false', 'Whether secret keys are shown in answers about users.'),
  setting(
    'api.sessionkey.check.locations',
    'String',
    'CookieAndParameter',
    'Where the session key is looked for: the cookie, the parameter or both.',
  ),
  setting('api.sessionkey.cookie.samesite', 'String', 'Lax', 'SameSite attribute of the session cookie.'),
  setting('api.source.cidr.checks.enabled', 'Boolean', 'true', 'Whether api.allowed.source.cidr.list is kept.'),
  setting(
    'role.types.allowed.for.operations.on.accounts.of.same.role.type',
    'String',
    'Admin, ResourceAdmin, DomainAdmin',
    'Role types whose users may change accounts of their own role type.',
    { scopes: ['Global', 'Domain'], category: 'Hidden' },
  ),
  setting(
    'allow.operations.on.users.in.same.account',
    'Boolean',
    'true',
    'Whether a user may change the other users of its account.',
    { scopes: ['Global', 'Domain'], category: 'Hidden' },
  ),
  setting('secstorage.proxy', 'String', null, 'Proxy through which templates are fetched.', { static: true }),
  setting(
    'store.download.follow.redirects',
    'Boolean',
    'false',
    "Whether a redirect of a template's address is followed.",
  ),
  setting('alert.email.addresses', 'String', null, 'Receivers of alerts.', { static: true, category: 'Alert' }),
  setting('alert.email.sender', 'String', null, 'Sender of alerts.', { static: true, category: 'Alert' }),
  setting('alert.smtp.host', 'String', null, 'Mail server of alerts.', { static: true, category: 'Alert' }),
  setting('alert.smtp.port', 'Integer', '465', 'Port of the mail server of alerts.', {
    static: true,
    category: 'Alert',
  }),
  setting('alert.smtp.username', 'String', null, 'User at the mail server of alerts.', {
    static: true,
    category: 'Alert',
  }),
  setting('alert.smtp.password', 'String', null, 'Password at the mail server of alerts.', {
    static: true,
    category: 'Secure',
    secret: true,
  }),
  setting(
    'alto.kvm.emulation.allowed',
    'Boolean',
    'false',
    'Whether hosts without hardware virtualisation are accepted; their guests are emulated and slow.',
    { scopes: ['Global', 'Cluster'] },
  ),
  setting('alto.fetch.allowed.cidrs', 'CSV', '', 'Private and loopback networks that templates may be fetched from.'),
]
