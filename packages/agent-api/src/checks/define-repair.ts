import type { CheckSubject } from './check-subject.ts'

export type RepairCommand = {
  readonly args: readonly string[]
  readonly input?: string
  readonly timeoutMs?: number
  /** It may fail without the repair failing. */
  readonly optional?: boolean
}
/** One value that a repair changes: shown before, kept after. */
export type RepairChange = { readonly what: string; readonly before: string; readonly after: string }

/**
 * A repair of a host as data: a program prints the state, pure functions say from it what would change, what to run, and
 * what to run to have the old state again. Applying twice changes nothing more.
 */
export type HostRepair = {
  readonly name: string
  /** What it does, for the table. */
  readonly does: string
  /** False: only when it is asked for by name. */
  readonly safe: boolean
  /** False: there is nothing to go back to. */
  readonly restorable: boolean
  /** It ends the agent's process: SSH only. */
  readonly sshOnly?: boolean
  readonly read: (subject: CheckSubject) => RepairCommand
  /** Empty: nothing to do, or it cannot be healed like this. */
  readonly plan: (state: string, subject: CheckSubject) => readonly RepairChange[]
  readonly apply: (state: string, subject: CheckSubject) => readonly RepairCommand[]
  readonly restore: (state: string, subject: CheckSubject) => readonly RepairCommand[]
}

export function defineRepair(repair: HostRepair): HostRepair {
  return Object.freeze(repair)
}

export function command(args: readonly string[], more: Omit<RepairCommand, 'args'> = {}): RepairCommand {
  return { args, ...more }
}

/** `sh -c` with a fixed text; what varies is an argument or the input. */
export function script(text: string, args: readonly string[] = [], input?: string): RepairCommand {
  return command(['sh', '-c', text, 'repair', ...args], input === undefined ? {} : { input })
}

/** Writes the input beside the file and renames it, with the modes of the file. */
export const replaceFileScript =
  'cat > "$1.altostack" && chmod --reference="$1" "$1.altostack" 2>/dev/null; mv -f "$1.altostack" "$1"'
