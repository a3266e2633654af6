import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defaultDataDir } from '../instance.ts'

export type UpOptions = {
  readonly dataDir: string
  readonly port: number | undefined
  readonly yes: boolean
  readonly json: boolean
  readonly simulator: boolean
  readonly hosts: number | undefined
  readonly purge: boolean
  readonly help: boolean
}

export function parseUpOptions(args: readonly string[]): UpOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'data-dir': { type: 'string' },
      port: { type: 'string' },
      yes: { type: 'boolean', short: 'y', default: false },
      json: { type: 'boolean', default: false },
      simulator: { type: 'boolean', default: false },
      hosts: { type: 'string' },
      purge: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  return {
    dataDir: values['data-dir'] === undefined ? defaultDataDir() : resolve(values['data-dir']),
    port: whole('--port', values.port ?? process.env.ALTO_PORT, 1024, 65_533),
    yes: values.yes,
    json: values.json,
    simulator: values.simulator,
    hosts: whole('--hosts', values.hosts, 1, 50_000),
    purge: values.purge,
    help: values.help,
  }
}

function whole(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max) {
    throw Object.assign(new Error(`${name} takes a whole number from ${min} to ${max}, not ${text}`), {
      code: 'cli.option',
    })
  }
  return value
}

export const upHelp = `alto up: from nothing to a running guest on this machine. Run again: it resumes and changes nothing.

  --data-dir DIR   where everything is kept (default ALTO_DATA_DIR, or /var/lib/altostack for root, ~/.altostack else)
  --port N         plain API on N, HTTPS on N+1, agents on N+2 (default ALTO_PORT, or 8080, 8443, 8250)
  --yes            install the Debian packages that are missing without asking
  --json           the last line of standard output is an object with url, apiKey, secretKey, ports and names
  --simulator      simulated hosts instead of this machine
  --hosts N        how many simulated hosts (default 3)
`
