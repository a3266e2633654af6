import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of fetching templates and bringing them to pools. */
export const templateSettings: readonly SettingDefinition[] = [
  setting('max.template.iso.size', 'Long', '50', 'Largest image and largest disk of a template, GiB.', { min: 1 }),
  setting('primary.storage.download.wait', 'Integer', '10800', 'Seconds that bringing a template to a pool may take.', {
    min: 1,
  }),
  setting(
    'extract.url.expiration.interval',
    'Integer',
    '14400',
    'Seconds that the link of an extracted image is good.',
    {
      min: 1,
    },
  ),
  setting(
    'image.store.imbalance.threshold',
    'Double',
    '0.3',
    'How unlike the fillings of image stores may be: their standard deviation over their mean.',
  ),
  setting(
    'secstorage.max.migrate.sessions',
    'Integer',
    '2',
    'Images that are moved between image stores at a time, for each migration.',
    { min: 1 },
  ),
  setting('extract.url.cleanup.interval', 'Integer', '7200', 'Seconds between looks for links that have expired.', {
    min: 1,
  }),
  setting(
    'disable.extraction',
    'Boolean',
    'false',
    'Only root administrators may download volumes, templates and ISOs.',
  ),
  setting('storage.max.volume.upload.size', 'Integer', '500', 'Largest volume that may be uploaded, GiB.', { min: 1 }),
  setting('upload.monitoring.interval', 'Integer', '60', 'Seconds between looks for uploads that never came.', {
    min: 1,
  }),
  setting('upload.operation.timeout', 'Integer', '60', 'Minutes in which an announced upload must be done.', {
    min: 1,
  }),
  setting(
    'alto.fetch.timeout',
    'Integer',
    '60',
    'Seconds without a byte after which fetching an image is tried again.',
    {
      min: 1,
      max: 3600,
    },
  ),
  setting(
    'alto.fetch.total.timeout',
    'Integer',
    '14400',
    'Seconds that fetching one image may take in all, its repeats included; a source that sends a byte now and then ends there.',
    { min: 1, max: 604_800 },
  ),
]
