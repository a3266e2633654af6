import type { CheckSubject } from './check-subject.ts'
import { defineCheck, fail, linesOf, ok, shell } from './define-check.ts'

export type ModeRule = {
  readonly path: string
  /** Bits that must not be set, and bits that must be. */
  readonly never: number
  readonly always: number
  readonly ofRoot: boolean
  readonly why: string
}

/** What must be true of the modes of a host's files. */
export function modeRules({ files }: CheckSubject): readonly ModeRule[] {
  const secret = { never: 0o077, always: 0, ofRoot: true, why: 'everybody could read the key of the host' }
  return [
    { path: files.key, ...secret },
    { path: '/etc/pki/libvirt/private/serverkey.pem', ...secret },
    { path: files.config, never: 0o022, always: 0, ofRoot: true, why: 'others could redirect the agent' },
    { path: files.stateDir, never: 0o022, always: 0o111, ofRoot: true, why: 'dnsmasq must pass, nobody may write' },
    { path: files.localStorage, never: 0o002, always: 0o111, ofRoot: false, why: "QEMU's user must pass (755)" },
  ]
}

export type FileMode = { readonly path: string; readonly mode: number; readonly uid: number }

/** Lines of `stat -c '%a %u %n'`. */
export function readModes(text: string): FileMode[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([0-7]+) (\d+) (\/.*)$/.exec(line)
    return match === null
      ? []
      : [{ mode: Number.parseInt(match[1] as string, 8), uid: Number(match[2]), path: match[3] as string }]
  })
}

/** The mode that a file should have, as near to its own as the rule allows. */
export function rightMode(mode: number, rule: ModeRule): number {
  return (mode & ~rule.never) | rule.always
}

export const readModesScript = `for path in "$@"; do test -e "$path" && stat -L -c '%a %u %n' "$path"; done; true`

export const fileModesCheck = defineCheck({
  name: 'file-modes',
  proves: 'Keys are readable by root alone; local storage (755) can be passed by QEMU.',
  code: 'check.file-modes',
  at: ['doctor'],
  seenBy: 'host',
  repair: 'file-modes',
  args: (subject) =>
    subject.joined ? shell(readModesScript, ...modeRules(subject).map(({ path }) => path)) : undefined,
  judge(end, subject) {
    const found = readModes(end.stdout)
    const wrong = modeRules(subject).flatMap((rule) => {
      const file = found.find(({ path }) => path === rule.path)
      if (file === undefined) return []
      const bad = rightMode(file.mode, rule) !== file.mode || (rule.ofRoot && file.uid !== 0)
      return bad
        ? [`${rule.path} is ${file.mode.toString(8)}${file.uid === 0 ? '' : ` of user ${file.uid}`}: ${rule.why}`]
        : []
    })
    if (wrong.length === 0) return ok(`${linesOf(end).length} paths`)
    return fail(wrong.join('; '))
  },
})
