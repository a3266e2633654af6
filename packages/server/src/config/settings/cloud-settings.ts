import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of accounts, limits, certificates, alerts and what users may do. */
export const cloudSettings: readonly SettingDefinition[] = [
  setting(
    'enable.account.settings.for.domain',
    'Boolean',
    'false',
    'Whether domains may hold settings of accounts; an account without a value of its own has that of its domain, or above.',
  ),
  setting(
    'enable.domain.settings.for.child.domain',
    'Boolean',
    'false',
    'Whether a domain without a value of its own has that of the domains above it.',
  ),
  setting('alert.wait', 'Integer', '1800', 'Seconds that a host may be in Alert before it is investigated.'),
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
  setting('allow.user.create.projects', 'Boolean', 'true', 'Whether users may make projects.', {
    static: true,
    category: 'Project Defaults',
  }),
  setting('project.invite.required', 'Boolean', 'false', 'Whether a project member must accept an invitation.', {
    static: true,
    category: 'Project Defaults',
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
  setting('workers', 'Integer', '5', 'Calls that change something on one host at the same time; others wait.', {
    static: true,
    min: 1,
    max: 1000,
  }),
  setting('executor.pool.size', 'Integer', '256', 'Workflows that a server works on at the same time; others wait.', {
    min: 8,
    max: 10_000,
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
  setting('expose.errors.to.user', 'Boolean', 'false', 'Whether users see the text of internal errors.'),
  setting(
    'hypervisor.custom.display.name',
    'String',
    'Custom',
    'Name under which the custom hypervisor type is shown.',
  ),
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
]
