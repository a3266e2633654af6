import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of placement, capacity and the life of virtual machines. */
export const vmSettings: readonly SettingDefinition[] = [
  setting(
    'allow.admin.vm.on.disabled.resources',
    'Boolean',
    'false',
    'Root administrators may deploy in disabled zones, pods, clusters and on disabled hosts.',
  ),
  setting('expunge.workers', 'Integer', '1', 'Virtual machines expunged at the same time.', { min: 1, static: true }),
  setting('alto.host.max.guests', 'Integer', '250', 'Virtual machines that one host may hold.', { min: 1 }),
  setting(
    'alto.vm.stop.grace.seconds',
    'Integer',
    '120',
    'Seconds a guest has to shut down by itself before it is ended.',
    { min: 0, max: 3600 },
  ),
  setting(
    'alto.volume.detach.wait',
    'Integer',
    '60',
    'Seconds a running guest has to let go of a disk that is detached.',
    { min: 1, max: 600 },
  ),
  setting(
    'alto.migration.max.downtime.ms',
    'Integer',
    '300',
    'Longest pause of a guest at the end of a live migration, milliseconds.',
    { min: 1, max: 60_000 },
  ),
  setting(
    'alto.console.token.seconds',
    'Integer',
    '60',
    'Seconds in which the link that createConsoleEndpoint makes has to be used.',
    { min: 5, max: 600 },
  ),
  setting(
    'console.session.cleanup.retention.hours',
    'Integer',
    '240',
    'Hours that is kept who opened the console of which virtual machine.',
    { min: 1 },
  ),
  setting(
    'endpoint.url',
    'String',
    'http://localhost:8080/client/api',
    'Address of the API as clients reach it; links to consoles begin with its host unless that is localhost.',
  ),
]
