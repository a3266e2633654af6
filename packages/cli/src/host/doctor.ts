import { parseArgs, styleText } from 'node:util'
import type { CallResult, Client } from '@altostack/api'
import { connect } from '../api-command/api-command.ts'
import { askYes } from '../terminal/ask.ts'
import { writeBundle } from './bundle.ts'
import { type FoundHost, findHosts } from './find-hosts.ts'

type Diagnosis = CallResult<'diagnoseHost'>
type Check = {
  readonly name: string
  readonly status: string
  readonly code?: string
  readonly seen: string
  readonly fix?: string
  readonly seenby?: string
  readonly repair?: string
}

const usage = `Usage: alto doctor [HOST…] [options]

Every check of the hosts (all of them when none is named): what was seen, and what to do.
  --fix          shows the safe repairs with the old values, asks, makes them, looks again
  --yes          does not ask
  --check A,B    only these checks; with --fix also repairs that are made only by name
  --all          prints the checks that are ok, too
  --bundle FILE  writes a .tar.gz for support: logs, facts, configuration, checks, events; secrets removed
  --json         prints the answers as JSON
  --data-dir DIR the instance; or ALTO_URL, ALTO_API_KEY and ALTO_SECRET_KEY
Exit code: 0 when nothing has failed, 1 when a check has, 2 when the command cannot be read.
`

/** `alto doctor`: diagnoseHost for people, and repairHost behind a question. */
export async function runDoctor(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      fix: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      check: { type: 'string' },
      bundle: { type: 'string' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const client = connect(values['data-dir'])
  const hosts = await findHosts(client, positionals)
  const checks = values.check === undefined ? {} : { checks: values.check.split(',') }
  if (values.bundle !== undefined) return await bundles(client, hosts, values.bundle)
  let worst = 0
  const answers: unknown[] = []
  for (const host of hosts) {
    let diagnosis = await client.run('diagnoseHost', { id: host.id, ...checks })
    if (values.json) answers.push(diagnosis)
    else show(diagnosis, values.all)
    if (values.fix && diagnosis.status !== 'ok') {
      const repaired = await fix(client, host, checks, values.yes, values.json)
      if (repaired !== undefined) {
        answers.push(repaired)
        diagnosis = await client.run('diagnoseHost', { id: host.id, ...checks })
        if (values.json) answers.push(diagnosis)
        else show(diagnosis, values.all)
      }
    }
    if (diagnosis.status === 'fail') worst = 1
  }
  if (values.json) process.stdout.write(`${JSON.stringify(answers, null, 2)}\n`)
  else if (hosts.length === 0) process.stdout.write('There are no hosts.\n')
  return worst
}

const colours = { ok: 'green', warn: 'yellow', fail: 'red' } as const

function show(diagnosis: Diagnosis, all: boolean): void {
  const checks = (diagnosis.check ?? []) as readonly Check[]
  const count = (status: string): number => checks.filter((check) => check.status === status).length
  const words = `${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`
  process.stdout.write(
    `${diagnosis.hostname} (${diagnosis.hoststate}): ${words}, ${((diagnosis.milliseconds ?? 0) / 1000).toFixed(1)} s\n`,
  )
  for (const check of checks) {
    if (check.status === 'ok' && !all) continue
    const word = check.status.padEnd(4)
    const coloured = process.stdout.isTTY
      ? styleText(colours[check.status as keyof typeof colours] ?? 'red', word)
      : word
    process.stdout.write(`  ${coloured} ${check.name}: ${check.seen}\n`)
    if (check.fix) process.stdout.write(`         do: ${check.fix}\n`)
    if (check.repair) process.stdout.write(`         --fix may heal it (${check.repair})\n`)
  }
}

/** Shows what would be changed, asks, does it. Undefined when nothing was done. */
async function fix(
  client: Client,
  host: FoundHost,
  checks: { readonly checks?: readonly string[] },
  yes: boolean,
  json: boolean,
): Promise<unknown> {
  const { dryrun } = (await client.call('repairHost', { id: host.id, ...checks, dryrun: true })) as unknown as {
    dryrun: { readonly steps: readonly { readonly name: string }[] }
  }
  const named = dryrun.steps.map(({ name }) => name)
  const repairs = named.filter((name) => name.startsWith('repair '))
  if (!json) {
    for (const name of named.filter((step) => step.startsWith('left '))) process.stdout.write(`  ${name}\n`)
    for (const name of repairs) process.stdout.write(`  ${name}\n`)
  }
  if (repairs.length === 0) {
    if (!json) process.stdout.write('  nothing here can be healed by a repair\n')
    return undefined
  }
  if (
    !yes &&
    !(await askYes(`Make ${repairs.length} change(s) on ${host.name}? Old values are kept (alto host repairs).`))
  )
    return undefined
  return await client.run('repairHost', { id: host.id, ...checks }, { timeoutMs: 300_000 })
}

async function bundles(client: Client, hosts: readonly FoundHost[], file: string): Promise<number> {
  const written = await writeBundle(client, hosts, file)
  process.stdout.write(`${file}: ${written.files} files, ${Math.ceil(written.bytes / 1024)} KiB; secrets are removed\n`)
  return 0
}
