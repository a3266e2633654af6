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
]
