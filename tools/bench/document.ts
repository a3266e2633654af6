import { type BenchName, benchNames, type Found, meetsAim, type Row } from './bench.ts'
import type { Machine } from './machine.ts'
import { shortfalls } from './shortfalls.ts'

export type Measured = {
  readonly found: Found
  /** Load average of a minute when it began; the machine's other work included. */
  readonly load: number
  /** ISO 8601. */
  readonly at: string
  readonly machine: Machine
}

/** docs/benchmarks.md, whole. */
export function renderDocument(all: Partial<Record<BenchName, Measured>>): string {
  const measured = benchNames.flatMap((name) => (all[name] ? [{ name, ...all[name] }] : []))
  const machine = measured.at(-1)?.machine
  const rows = measured.flatMap(({ found }) => found.rows)
  const aimed = rows.filter((row) => row.aim !== undefined)
  const missed = aimed.filter((row) => meetsAim(row) === false)
  const lines = [
    '# Benchmarks',
    '',
    'Written by `./alto bench`: `--only NAME` measures a part anew, `--quick` only shows that it works. Each bench runs in',
    'processes of its own. Figures are kept in `benchmarks.ndjson` beside this page; MB are millions of bytes, resident.',
    '',
    machine === undefined
      ? ''
      : `Machine: ${machine.processor}, ${machine.memoryGib} GiB; ${machine.system}; Node ${machine.node}. Server, database, hosts and`,
    'callers share it. **The load at the start** is of the machine before the bench began: at 2 and more, both cores were',
    'busy with other work and clock times are worse than the product; processor times are beside them for that reason.',
    '',
    `Aims met: ${aimed.length - missed.length} of ${aimed.length}.${missed.length > 0 ? ' What falls short, and why, is at the end.' : ''}`,
    '',
  ]
  for (const one of measured) lines.push(...section(one))
  lines.push('## What falls short', '')
  if (missed.length === 0) lines.push('Nothing that was measured.', '')
  for (const { found, name } of measured) {
    const short = found.rows.filter((row) => meetsAim(row) === false)
    if (short.length === 0) continue
    lines.push(`- **${found.title}**: ${short.map((row) => `${row.what} ${figure(row)}`).join('; ')}.`)
    const why = shortfalls[name]
    if (why !== undefined) lines.push(`  ${why}`)
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function section(one: Measured & { readonly name: BenchName }): string[] {
  const { found } = one
  const lines = [
    `## ${found.title}`,
    '',
    `\`./alto bench --only ${one.name}\`, commit ${one.machine.commit}, ${one.at.slice(0, 16).replace('T', ' ')} UTC, load at the start ${one.load.toFixed(1)}.`,
    '',
  ]
  if (found.skipped !== undefined) return [...lines, `Not measured: ${found.skipped}.`, '']
  lines.push('| what | figure | aim | met | detail |', '|---|---:|---:|---|---|')
  for (const row of found.rows) {
    const met = meetsAim(row)
    lines.push(
      `| ${row.what} | ${figure(row)} | ${aim(row)} | ${met === undefined ? '' : met ? 'yes' : 'no'} | ${row.detail ?? ''} |`,
    )
  }
  lines.push('', ...(found.notes ?? []).flatMap((note) => [note, '']))
  return lines
}

function figure(row: Row): string {
  return `${row.value} ${row.unit}`.trim()
}

function aim(row: Row): string {
  if (row.aim === undefined) return ''
  return 'most' in row.aim ? `≤ ${row.aim.most}` : `≥ ${row.aim.least}`
}
