/** `alto`: the first word chooses. Delegates run in a process of their own; everything else is a module here. */
import { errorText } from '@altostack/core'
import { resolveOwnImports } from '@altostack/core/own-imports'
import { delegates, runDelegate } from './delegates.ts'
import { helpText } from './help.ts'

const [word = 'help', ...rest] = process.argv.slice(2)

// Who reads may have seen enough: `alto listHosts | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  process.exitCode = await dispatch(word, rest)
} catch (error) {
  const { code: named, seen, fix } = error as { code?: string; seen?: string; fix?: string }
  const code = named?.startsWith('ERR_PARSE_ARGS') ? 'cli.option' : named
  process.stderr.write(`alto: ${errorText(error)}\n`)
  if (seen) process.stderr.write(`  seen: ${seen}\n`)
  if (fix) process.stderr.write(`  fix:  ${fix}\n`)
  if (typeof code === 'string') process.stderr.write(`  code: ${code}\n`)
  process.exitCode = 1
}

async function dispatch(command: string, args: readonly string[]): Promise<number> {
  if (command === 'help' || command === '--help' || command === '-h') {
    process.stdout.write(helpText())
    return 0
  }
  if (Object.hasOwn(delegates, command)) return runDelegate(command, args)
  resolveOwnImports()
  switch (command) {
    case 'up':
      return (await import('./up/up.ts')).runUp(args)
    case 'down':
      return (await import('./up/down.ts')).runDown(args)
    case 'join-token':
      return (await import('./join-token.ts')).runJoinToken(args)
    case 'doctor':
      return (await import('./host/doctor.ts')).runDoctor(args)
    case 'host':
      return (await import('./host/host.ts')).runHost(args)
    case 'why':
      return (await import('./why/why.ts')).runWhy(args)
    case 'ssh-key':
      return (await import('./ssh-key.ts')).runSshKey(args)
    default:
      return (await import('./api-command/api-command.ts')).runApiCommand(command, args)
  }
}
