import { lookup } from 'node:dns/promises'
import type { CheckResult } from '@altostack/agent-api'
import { errorText } from '@altostack/core'
import { readHostName } from '../facts/machine.ts'
import { type Check, failed, passed } from './check.ts'

const limitMs = 1000

/** Judges how long the own name took to resolve and to what. */
export function judgeName(name: string, ms: number, outcome: { address: string } | { error: string }): CheckResult {
  const took = `${name} after ${Math.round(ms)} ms`
  if ('error' in outcome) return failed('name', 'fail', `${took}: ${outcome.error}`)
  return ms < limitMs
    ? passed('name', `${took}: ${outcome.address}`)
    : failed('name', 'fail', `${took}: ${outcome.address}`)
}

export const nameCheck: Check = {
  name: 'name',
  async run({ runtime, settings }) {
    const name = readHostName(settings)
    const began = runtime.monotonic()
    const late = runtime.sleep(limitMs * 5).then(() => ({ error: 'no answer' }))
    const outcome = await Promise.race([
      lookup(name).then(
        ({ address }) => ({ address }),
        (error: unknown) => ({ error: errorText(error) }),
      ),
      late,
    ])
    return judgeName(name, runtime.monotonic() - began, outcome)
  },
}
