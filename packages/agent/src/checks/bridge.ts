import { isBridge } from '../facts/facts.ts'
import { type Check, failed, passed } from './check.ts'

export const bridgeCheck: Check = {
  name: 'bridge',
  async run({ settings }) {
    const names = ['private.network.device', 'guest.network.device'].map((key) => settings.get(key))
    const wanted = [...new Set(names.filter((name) => name !== undefined))]
    const missing = wanted.filter((name) => !isBridge(name))
    if (missing.length === 0) return passed('bridge', wanted.join(', '))
    return failed('bridge', 'fail', `no bridge ${missing.join(', ')}`)
  },
}
