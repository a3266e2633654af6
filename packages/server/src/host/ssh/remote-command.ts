/**
 * One command line for the remote shell from an argument list: SSH has no other form. Every argument stands in single
 * quotes, so that nothing in it means anything to the shell.
 */
export function remoteCommand(args: readonly string[]): string {
  return args.map(quote).join(' ')
}

function quote(argument: string): string {
  if (argument.includes('\0')) throw new TypeError('an argument holds a NUL')
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}
