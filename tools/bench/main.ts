import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchName, benchNames, type Found, isBenchName, meetsAim } from './bench.ts'
import { type Measured, renderDocument } from './document.ts'
import { describeMachine } from './machine.ts'

const root = join(import.meta.dirname, '../..')
const document = join(root, 'docs/benchmarks.md')
/** A bench a line. */
const figures = join(root, 'docs/benchmarks.ndjson')
const longestMs = 20 * 60_000

const usage = `Measures this repository; a full run writes docs/benchmarks.md.

  --only NAME,…   these benches alone: ${benchNames.join(', ')}
  --quick         small sizes, to see that the benches work; writes nothing
  --json          the figures as JSON on standard output
`

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const names = values.only === undefined ? benchNames : values.only.split(',')
  const unknown = names.filter((name) => !isBenchName(name))
  if (unknown.length > 0) throw new Error(`There is no bench ${unknown.join(', ')}`)
  const measured: Partial<Record<BenchName, Measured>> = {}
  let failed = 0
  for (const name of names as readonly BenchName[]) {
    const load = loadavg()[0] ?? 0
    const at = new Date().toISOString()
    const machine = describeMachine(root)
    process.stderr.write(`${name} …\n`)
    try {
      const found = await runBench(name, values.quick)
      measured[name] = { found, load, at, machine }
      process.stderr.write(summary(found))
      if (!values.quick) keep(measured)
    } catch (error) {
      failed++
      process.stderr.write(`  ${(error as Error).message}\n`)
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(measured)}\n`)
  return failed === 0 ? 0 : 1
}

/** Writes after each bench, over what earlier runs have found: a run that is cut or partial loses nothing. */
function keep(measured: Partial<Record<BenchName, Measured>>): void {
  const all = { ...readFigures(), ...measured }
  writeFileSync(
    figures,
    benchNames.flatMap((name) => (all[name] ? [`${JSON.stringify({ name, ...all[name] })}\n`] : [])).join(''),
  )
  writeFileSync(document, renderDocument(all))
}

function readFigures(): Partial<Record<BenchName, Measured>> {
  if (!existsSync(figures)) return {}
  const lines = readFileSync(figures, 'utf8').split('\n').filter(Boolean)
  return Object.fromEntries(
    lines.map((line) => {
      const { name, ...measured } = JSON.parse(line) as Measured & { readonly name: BenchName }
      return [name, measured]
    }),
  )
}

/** In a process of its own, so that memory and collected garbage are its own. */
async function runBench(name: BenchName, quick: boolean): Promise<Found> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'run-bench.ts'),
      name,
      ...(quick ? ['--quick'] : []),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], timeout: longestMs },
  )
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', forward)
  process.on('SIGTERM', forward)
  let text = ''
  child.stdout.on('data', (chunk) => (text += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  process.off('SIGINT', forward)
  process.off('SIGTERM', forward)
  if (code !== 0) throw new Error(`${name} ended with ${code ?? 'a signal'}`)
  return (JSON.parse(text.trim().split('\n').at(-1) ?? '') as { readonly found: Found }).found
}

function summary(found: Found): string {
  if (found.skipped !== undefined) return `  skipped: ${found.skipped}\n`
  return found.rows
    .map((row) => {
      const met = meetsAim(row)
      const mark = met === undefined ? ' ' : met ? '+' : '-'
      return `  ${mark} ${row.what}: ${row.value} ${row.unit}${row.detail === undefined ? '' : ` (${row.detail})`}\n`
    })
    .join('')
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`bench: ${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  },
)
