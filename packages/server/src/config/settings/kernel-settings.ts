import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of the API's kernel: paging, sessions, signatures, throttling, jobs, events. */
export const kernelSettings: readonly SettingDefinition[] = [
  setting('default.page.size', 'Long', '500', 'Rows of a list when no page is asked for, and the largest page size.', {
    min: 1,
    max: 100_000,
  }),
  setting('integration.api.port', 'Integer', '0', 'Port that answers the API without login; 0 is off.', {
    static: true,
    min: 0,
    max: 65_535,
  }),
  setting(
    'enforce.post.requests.and.timestamps',
    'Boolean',
    'false',
    'Accept changes by POST only and signatures of version 3 only, which expire within 15 minutes.',
  ),
  setting(
    'incorrect.login.attempts.allowed',
    'Integer',
    '5',
    'Wrong passwords in a row after which a user is disabled; 0 or less never disables.',
  ),
  setting('alto.session.timeout.minutes', 'Integer', '30', 'Minutes after which an idle session ends.', {
    min: 1,
    max: 525_600,
  }),
  setting('api.throttling.enabled', 'Boolean', 'false', 'Limit how many requests an account may send.'),
  setting('api.throttling.interval', 'Integer', '1', 'Seconds in which api.throttling.max requests are allowed.', {
    min: 1,
    max: 86_400,
  }),
  setting('api.throttling.max', 'Integer', '25', 'Requests an account may send in api.throttling.interval.', {
    min: 1,
  }),
  setting('dynamic.apichecker.enabled', 'Boolean', 'true', 'Roles are rules in the database; always on.', {
    static: true,
  }),
  setting(
    'enable.secure.session.cookie',
    'Boolean',
    'false',
    'Mark session cookies Secure on plain HTTP too; over HTTPS they always are.',
  ),
  setting('proxy.cidr', 'CSV', '127.0.0.1/8', 'Proxies whose word about the client address is taken.'),
  setting(
    'proxy.header.names',
    'CSV',
    'X-Forwarded-For,HTTP_CLIENT_IP,HTTP_X_FORWARDED_FOR',
    'Headers that a trusted proxy names the client address in.',
  ),
  setting('proxy.header.verify', 'Boolean', 'false', 'Look for the client address in the headers of a trusted proxy.'),
  setting('api.allowed.source.cidr.list', 'CSV', '0.0.0.0/0,::/0', 'Networks from which the API may be called.', {
    scopes: ['Global', 'Account'],
  }),
  setting(
    'alto.job.query.wait.milliseconds',
    'Integer',
    '500',
    'How long queryAsyncJobResult without wait holds its answer for a job in flight that may end. Clients that ask every two seconds then hear of short jobs at once.',
    { min: 0, max: 10_000 },
  ),
  setting('event.purge.delay', 'Integer', '15', 'Days after which events are deleted; 0 keeps them.', { min: 0 }),
  setting('event.purge.interval', 'Integer', '86400', 'Seconds between two purges of events.', { min: 1 }),
  setting('alert.purge.delay', 'Integer', '0', 'Days after which alerts are deleted; 0 keeps them.', { min: 0 }),
  setting(
    'alert.allowed.repetitive.types',
    'CSV',
    '',
    'Names of alert types that are written again although one is open.',
  ),
  setting('job.expire.minutes', 'Long', '1440', 'Minutes after which a finished job is forgotten.', { min: 1 }),
  setting(
    'host',
    'String',
    'localhost',
    'Addresses of the management servers that agents connect to, separated by commas.',
    { scopes: ['Global'] },
  ),
  setting('management.network.cidr', 'String', null, 'Network of the management servers and hosts.'),
  setting('cloud.dns.name', 'String', null, 'DNS name of this cloud.'),
  setting('user.password.reset.enabled', 'Boolean', 'false', 'Offer to reset a forgotten password.'),
  setting(
    'alto.api.bind',
    'String',
    '127.0.0.1',
    'Address that the plain API listens on; 0.0.0.0 opens it, and addHost then sends passwords in clear.',
    { static: true },
  ),
  setting(
    'alto.feed.keep.hours',
    'Integer',
    '168',
    'Hours that state changes are kept for followers of /client/events and for why.',
    { min: 1 },
  ),
  setting('alto.event.streams.max', 'Integer', '50', 'Event streams that an account may hold open at a server.', {
    min: 1,
  }),
  setting('alto.dryrun.enabled', 'Boolean', 'true', 'Accept dryrun=true.'),
]
