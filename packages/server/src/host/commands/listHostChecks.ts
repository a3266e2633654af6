import { hostChecks } from '@altostack/agent-api'
import { listHostChecks } from '@altostack/api'
import { defineHandler } from '../../command/handler.ts'
import { hostCheckView } from '../host-check.view.ts'

export const handler = defineHandler(listHostChecks, {
  async list({ input, page }) {
    const word = input.keyword?.toLowerCase()
    const found = hostChecks
      .filter(({ name }) => input.name === undefined || name === input.name)
      .filter((check) => word === undefined || `${check.name} ${check.proves}`.toLowerCase().includes(word))
    return { count: found.length, items: found.slice(page.offset, page.offset + page.limit).map(hostCheckView) }
  },
})
