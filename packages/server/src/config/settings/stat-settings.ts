import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of statistics and of the exporter for Prometheus. */
export const statSettings: readonly SettingDefinition[] = [
  setting(
    'host.stats.interval',
    'Integer',
    '60000',
    'Milliseconds between reports of what a host uses; 0: none. An agent learns a new value when it connects.',
    { min: 0, max: 3_600_000 },
  ),
  setting(
    'vm.stats.interval',
    'Integer',
    '60000',
    'Milliseconds between reports of what virtual machines and their volumes use; 0: none. An agent learns a new value when it connects.',
    { min: 0, max: 3_600_000 },
  ),
  setting(
    'vm.stats.max.retention.time',
    'Integer',
    '10080',
    'Minutes that statistics of hosts, virtual machines, volumes and pools are kept: at most a week, means of an hour; those of 5 minutes a day, those of 30 seconds an hour.',
    { min: 1, max: 10_080 },
  ),
  setting(
    'prometheus.exporter.enable',
    'Boolean',
    'false',
    'Whether the server answers Prometheus at /metrics on prometheus.exporter.port, without login.',
    { static: true },
  ),
  setting('prometheus.exporter.port', 'Integer', '9595', 'Port of the exporter for Prometheus, on all addresses.', {
    min: 1,
    max: 65_535,
    static: true,
  }),
  setting(
    'prometheus.exporter.allowed.ips',
    'String',
    '127.0.0.1',
    'Addresses, and networks as address/length, that the exporter for Prometheus answers; separated by commas.',
  ),
]
