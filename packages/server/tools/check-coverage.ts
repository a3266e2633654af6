import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@altostack/core'
import { serverHandlers } from '../src/command/handlers.ts'

// After the server's tests ran with ALTO_COVERAGE_DIR=DIR: `check-coverage.ts DIR` compares what they provoked with
// tests/uncovered.json, the error codes and event types that no test reaches yet. What hosts, programs and other layers fail
// with is not seen by a test server: a code that a test expects by its name counts too. The list may only shrink: a new name
// that is not reached, or one in the list that is, fails. `--write` writes the list anew.
const [directory] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
if (!directory) {
  process.stderr.write('usage: check-coverage.ts DIR [--write]\n')
  process.exit(2)
}
const listPath = join(import.meta.dirname, '..', 'tests', 'uncovered.json')
type Names = { readonly errors: readonly string[]; readonly events: readonly string[] }

const notes = new Set(
  globSync('*.txt', { cwd: directory }).flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n')),
)
const root = join(import.meta.dirname, '..', '..', '..')
const tests = globSync(['packages/*/{src,tests}/**/*.test.ts', 'tests/**/*.test.ts'], { cwd: root })
  .filter((file) => !file.includes('node_modules'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
/** In quotes, or in a regular expression with its dot escaped. */
const expected = (code: string): boolean => {
  const forms = [`'${code}'`, `"${code}"`, code.replace('.', '\\.')]
  return tests.some((text) => forms.some((form) => text.includes(form)))
}
const codes = Object.entries(core)
  .filter(([name]) => name.endsWith('Errors'))
  .flatMap(([, catalogue]) => Object.keys(catalogue as object))
const events = serverHandlers.map(({ command }) => command.event).filter((event) => event !== undefined)
const uncovered: Names = {
  errors: [...new Set(codes)].filter((code) => !notes.has(`error ${code}`) && !expected(code)).sort(),
  events: [...new Set(events)].filter((event) => !notes.has(`event ${event}`)).sort(),
}

if (process.argv.includes('--write')) {
  writeFileSync(listPath, `${JSON.stringify(uncovered, null, 2)}\n`)
} else {
  const listed = JSON.parse(readFileSync(listPath, 'utf8')) as Names
  const problems = (['errors', 'events'] as const).flatMap((kind) => [
    ...uncovered[kind]
      .filter((name) => !listed[kind].includes(name))
      .map((name) => `no test provokes ${name} (${kind})`),
    ...listed[kind]
      .filter((name) => !uncovered[kind].includes(name))
      .map((name) => `${name} is provoked now: take it out of tests/uncovered.json`),
  ])
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.stdout.write(
    `errors: ${codes.length - uncovered.errors.length} of ${codes.length} provoked; ` +
      `events: ${new Set(events).size - uncovered.events.length} of ${new Set(events).size}\n`,
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}
