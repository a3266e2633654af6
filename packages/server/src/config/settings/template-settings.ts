import { type SettingDefinition, setting } from '../setting-definition.ts'

/** Settings of fetching templates and bringing them to pools. */
export const templateSettings: readonly SettingDefinition[] = [
  setting('max.template.iso.size', 'Long', '50', 'Largest image and largest disk of a template, GiB.', { min: 1 }),
  setting('primary.storage.download.wait', 'Integer', '10800', 'Seconds that bringing a template to a pool may take.', {
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
