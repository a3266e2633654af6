import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of joining hosts, their certificates and the agent package. */
export const hostSettings: readonly SettingDefinition[] = [
  setting(
    'alto.ca.host.validity.days',
    'Integer',
    '7',
    "Days that a host's certificate is valid; the agent renews it by itself long before.",
    { min: 1, max: 365 },
  ),
  setting(
    'alto.agent.package',
    'String',
    null,
    'Path of the Debian package that addHost installs on hosts; empty: built by the server at first use.',
  ),
  setting(
    'alto.host.connect.timeout',
    'Integer',
    '120',
    'Seconds that addHost waits for the agent it has started to connect.',
    { min: 5, max: 3600 },
  ),
  setting(
    'alto.host.return.wait',
    'Integer',
    '120',
    'Seconds after the start of a management server in which operations wait for hosts that were connected before its end.',
    { min: 0, max: 3600 },
  ),
  setting(
    'alto.host.libvirt.wait',
    'Integer',
    '120',
    'Seconds that a stop, destroy or reboot waits for a libvirtd that has gone on its host, before it fails.',
    { min: 0, max: 3600 },
  ),
  setting(
    'alto.host.apt.allowed',
    'Boolean',
    'true',
    'Whether addHost may install the Debian packages that the agent needs on a host (apt-get).',
    { scopes: ['Global', 'Cluster'] },
  ),
  setting(
    'host.maintenance.local.storage.strategy',
    'Select',
    'Error',
    'What preparing a host for maintenance does with running virtual machines whose disks are on its local storage: Error refuses, ForceStop stops them.',
    { options: ['Error', 'ForceStop'] },
  ),
  setting(
    'set.host.down.to.maintenance',
    'Boolean',
    'false',
    'Whether a host that is Down may be put into maintenance at once, without moving what is recorded on it.',
    { scopes: ['Global', 'Zone'] },
  ),
  setting(
    'alto.maintenance.parallel.moves',
    'Integer',
    '4',
    'Live migrations that preparing a host for maintenance runs at the same time.',
    { min: 1, max: 64, scopes: ['Global', 'Cluster'] },
  ),
  setting(
    'alto.maintenance.move.attempts',
    'Integer',
    '3',
    'Times that preparing a host for maintenance tries to move a virtual machine before it counts as stuck.',
    { min: 1, max: 20 },
  ),
  setting(
    'alto.cluster.mixed.hosts.allowed',
    'Boolean',
    'false',
    'Whether hosts of other libvirt, QEMU or CPU may join a cluster; new guests then get the CPU that all its hosts have in common.',
    { scopes: ['Global', 'Cluster'] },
  ),
  setting(
    'alto.cluster.upgrade.until',
    'String',
    '',
    'End of the upgrade window of a cluster, as 2026-01-31 or 2026-01-31T18:00:00Z: until then hosts of newer or older libvirt and QEMU may join, and guests move to equal or newer versions only.',
    { scopes: ['Global', 'Cluster'], format: 'date' },
  ),
]
