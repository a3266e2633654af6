import { writeSync } from 'node:fs'
import { resolveOwnImports } from '@altostack/core/own-imports'
import { parseCommand, usage } from './options.ts'
import { explain, print } from './terminal.ts'
import { agentVersion } from './version.ts'

/** Runs one command line; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args)
  if (command.name === 'help') return print(usage)
  if (command.name === 'version') return print(`${agentVersion}\n`)
  if (command.name === 'namespace-listener') {
    // Run by the agent itself for each network of guests, where it has to be quick: nothing else is loaded.
    const { handOverSockets } = await import('./network/metadata/namespace-listener.ts')
    await handOverSockets(JSON.parse(command.argument ?? '[]'))
    return 0
  }
  // The packaged agent is one CommonJS file, which has no name here and finds nothing.
  if (import.meta.filename?.endsWith('.ts')) resolveOwnImports()
  const { inspect, join, serve } = await import('./commands.ts')
  if (command.name === 'join') return await join(command)
  if (command.name === 'run') return await serve(command)
  return await inspect(command)
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    writeSync(2, `altostack-agent: ${explain(error)}\n`)
    process.exit(1)
  },
)
