import type { CommandDefinition } from '@altostack/api'

/** A command's parameters as text, from its declaration. */
export function commandHelp(command: CommandDefinition): string {
  const params = Object.entries(command.params).filter(([, param]) => !param.unsupported)
  const width = Math.max(4, ...params.map(([name]) => name.length))
  return [
    `alto ${command.name}: ${command.description}`,
    '',
    ...params.map(([name, param]) => {
      const words = [param.required ? 'required' : '', param.values ? `one of ${param.values.join(', ')}` : ''].filter(
        (word) => word !== '',
      )
      return `  ${name.padEnd(width)}  ${param.description}${words.length === 0 ? '' : ` (${words.join('; ')})`}`
    }),
    '',
    'Also: --data-dir DIR, --no-wait for commands that start a job, --only FIELD,… to print these fields alone,',
    'dryrun=true for what would be done.',
    '',
  ].join('\n')
}
