import { parseArgs } from 'node:util'
import { apiFailure } from '@altostack/core'

export type ServerOptions = {
  readonly dataDir: string
  /** Plain API. 0: any free port. */
  readonly port: number
  readonly httpsPort: number
  readonly agentPort: number
  /** Address of the plain API; undefined: what the setting alto.api.bind says. */
  readonly bind: string | undefined
  /** Address of HTTPS and the agent port. */
  readonly publicBind: string
  /** `mysql://…`; undefined: SQLite in the data directory. */
  readonly database: string | undefined
  /** Undefined: what the setting integration.api.port says. */
  readonly integrationPort: number | undefined
  /** Directory of the built console; undefined: where packages/console builds it. */
  readonly consoleDir: string | undefined
  readonly logLevel: string
  /** Directory of management-server.log. */
  readonly logDir: string | undefined
  /** One JSON line on standard output when everything listens. */
  readonly printReady: boolean
  /** More names and addresses for the server's certificate. */
  readonly names: readonly string[]
}

export const usage = `Usage: altostack-management [options]
  --data-dir DIR          where database, keys and images are kept (required)
  --port N                plain API (8080)
  --https-port N          API over TLS (8443)
  --agent-port N          port that agents connect to (8250)
  --bind ADDRESS          address of the plain API; otherwise setting alto.api.bind (127.0.0.1)
  --public-bind ADDRESS   address of HTTPS and the agent port (0.0.0.0)
  --name NAME             another name or address for the server's certificate; may be repeated
  --database URL          mysql://user:password@host:port/cloud; otherwise SQLite in the data directory
  --integration-port N    API without login, on loopback; otherwise setting integration.api.port (off)
  --console-dir DIR       directory of the built console (packages/console/dist)
  --log-level LEVEL       trace, debug, info, warn or error (info)
  --log-dir DIR           directory of management-server.log (DIR of --data-dir, log)
  --print-ready           print one line of JSON when ready
`

/** Reads the command line. Throws AltoError that says what is wrong. */
export function readServerOptions(args: readonly string[]): ServerOptions {
  const { values } = parse(args)
  const dataDir = values['data-dir']
  if (!dataDir) throw apiFailure('api.bad-request', '--data-dir is missing', { fix: usage })
  return {
    dataDir,
    port: portOf(values, 'port', 8080),
    httpsPort: portOf(values, 'https-port', 8443),
    agentPort: portOf(values, 'agent-port', 8250),
    bind: values.bind,
    publicBind: values['public-bind'] ?? '0.0.0.0',
    database: values.database ?? process.env.ALTOSTACK_DATABASE,
    integrationPort: values['integration-port'] === undefined ? undefined : portOf(values, 'integration-port', 0),
    consoleDir: values['console-dir'],
    logLevel: values['log-level'] ?? 'info',
    logDir: values['log-dir'],
    printReady: values['print-ready'] === true,
    names: values.name ?? [],
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        'data-dir': text,
        port: text,
        'https-port': text,
        'agent-port': text,
        bind: text,
        'public-bind': text,
        name: { type: 'string', multiple: true },
        database: text,
        'integration-port': text,
        'console-dir': text,
        'log-level': text,
        'log-dir': text,
        'print-ready': { type: 'boolean' },
      },
    })
  } catch (error) {
    throw apiFailure('api.bad-request', (error as Error).message, { fix: usage, cause: error })
  }
}

function portOf(values: Readonly<Record<string, unknown>>, name: string, preset: number): number {
  const text = values[name]
  if (text === undefined) return preset
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw apiFailure('api.bad-request', `--${name} ${String(text)} is not a port`, {
      fix: 'Give a number from 0 to 65535.',
    })
  }
  return port
}
