import { redact } from '@altostack/agent-api'
import { readingMethod } from '../host-method.ts'

export const hostCollect = readingMethod('host.collect', (context) => ({
  parts: [{ name: 'settings.txt', content: redact([...context.disk.settings].map((one) => one.join('=')).join('\n')) }],
}))
