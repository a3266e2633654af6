import { defineCheck, fail, ok, shell, unreadable } from './define-check.ts'

const limitMs = 1000

/** Prints the name, then milliseconds and outcome of looking it up. */
const script = [
  'name=$(hostname)',
  'began=$(date +%s%N)',
  'found=$(timeout 5 getent ahosts "$name"); code=$?',
  'ended=$(date +%s%N)',
  'echo "$name"; echo $(( (ended - began) / 1000000 )); echo $code; echo "$found"',
].join('\n')

export const nameCheck = defineCheck({
  name: 'name',
  proves: "The host's own name resolves within a second; else migrations to it stall.",
  code: 'check.name',
  at: ['join', 'doctor'],
  seenBy: 'host',
  repair: 'own-name',
  timeoutMs: 6000,
  args: () => shell(script),
  judge(end, _subject, { patience = 1 }) {
    const [name = '', took = '', code = '', found = ''] = end.stdout.split('\n')
    const ms = Number(took)
    if (name === '' || took === '' || !Number.isFinite(ms)) return unreadable(end, 'Run `getent ahosts $(hostname)`.')
    const address = found.split(' ')[0] ?? ''
    if (code !== '0') return fail(`${name} does not resolve (after ${ms} ms)`)
    const seen = `${name} is ${address} after ${ms} ms`
    return ms < limitMs * patience ? ok(seen) : fail(seen)
  },
})
