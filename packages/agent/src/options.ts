import { parseArgs } from 'node:util'
import type { PathOptions } from './paths.ts'

export type Command = {
  readonly name: 'run' | 'join' | 'facts' | 'check' | 'version' | 'help' | 'namespace-listener'
  readonly argument: string | undefined
  /** Of `join`: the file that the token stands in. */
  readonly tokenFile: string | undefined
  readonly paths: PathOptions
  readonly logLevel: string
}

const names = ['run', 'join', 'facts', 'check', 'version', 'help', 'namespace-listener'] as const

export const usage = `Usage: altostack-agent COMMAND [options]

  run               serve this host (what the systemd unit starts)
  join TOKEN | -    join a management server with a token of \`alto join-token\`; -, or nothing: from standard input, so
                    that it never stands in the list of processes; or --token-file FILE
  facts             print what this host is, as JSON
  check             run the host checks and print them
  version           print the version

  --root DIR        all files below DIR instead of /
  --config FILE     agent.properties
  --state-dir DIR   journal, DHCP
  --log FILE        log file; - is standard output
  --log-level LEVEL trace, debug, info (default), warn, error
`

/** Reads the command line; throws with a text for the user. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      root: { type: 'string' },
      config: { type: 'string' },
      'state-dir': { type: 'string' },
      log: { type: 'string' },
      'token-file': { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [given = 'help', argument] = positionals
  const name = values.help ? 'help' : names.find((one) => one === given)
  if (name === undefined) throw new Error(`unknown command ${JSON.stringify(given)}\n\n${usage}`)
  return {
    name,
    argument,
    tokenFile: values['token-file'],
    paths: { root: values.root, config: values.config, stateDir: values['state-dir'], log: values.log },
    logLevel: values['log-level'],
  }
}
