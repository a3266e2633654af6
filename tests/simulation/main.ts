import { runSeed } from './run-seed.ts'
import { createZoneFile } from './zone-file.ts'

const usage = `alto sim: server, hosts, storage and clocks in one process, with crashes, cuts and lost replies, by seed.

  --seeds N     runs N seeds (50)
  --from S      the first of them (1)
  --seed S      runs one and prints its trace
  --chaos-ms N  virtual time in which things break (120000)
`

const args = process.argv.slice(2)
function option(name: string): number | undefined {
  const at = args.indexOf(name)
  if (at < 0) return undefined
  const value = Number(args[at + 1])
  if (!Number.isSafeInteger(value) || value < 0) {
    process.stderr.write(`${name} needs a whole number\n`)
    process.exit(2)
  }
  return value
}

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage)
  process.exit(0)
}
const one = option('--seed')
const first = one ?? option('--from') ?? 1
const count = one === undefined ? (option('--seeds') ?? 50) : 1
const chaosMs = option('--chaos-ms')
const zoneFile = await createZoneFile(3, 40)
let failed = 0
let virtualMs = 0
const runs = new Map<string, number>()
const began = performance.now()
try {
  for (let seed = first; seed < first + count; seed++) {
    const result = await runSeed(seed, {
      zoneFile,
      ...(chaosMs === undefined ? {} : { chaosMs }),
      ...(one === undefined ? {} : { print: (line: string) => process.stdout.write(`${line}\n`) }),
    })
    virtualMs += result.virtualMs
    for (const [name, times] of Object.entries(result.runs)) runs.set(name, (runs.get(name) ?? 0) + times)
    if (result.wrongs.length > 0) {
      failed++
      process.stdout.write(`seed ${seed} FAILED; replay it: ./alto sim --seed ${seed}\n`)
      for (const wrong of result.wrongs) process.stdout.write(`  ${wrong}\n`)
    } else if (one !== undefined) process.stdout.write(`seed ${seed}: right, digest ${result.digest}\n`)
  }
} finally {
  zoneFile.remove()
}
const seconds = (performance.now() - began) / 1000
const hours = (virtualMs / 3_600_000).toFixed(1)
process.stdout.write(
  `${[...runs]
    .sort()
    .map(([name, times]) => `${name}: ${times}`)
    .join(', ')}\n` + `${count} seeds, ${failed} failed, ${hours} virtual hours in ${seconds.toFixed(1)} s\n`,
)
process.exit(failed === 0 ? 0 : 1)
