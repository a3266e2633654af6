/** One bench in this process, which ends with it: `node tools/bench/run-bench.ts NAME [--quick]` prints its JSON. */
import { writeSync } from 'node:fs'
import { type Bench, isBenchName } from './bench.ts'

const [name = '', ...flags] = process.argv.slice(2)
if (!isBenchName(name)) throw new Error(`there is no bench ${name}`)
const { bench } = (await import(`./benches/${name}.ts`)) as { readonly bench: Bench }
const found = await bench({ quick: flags.includes('--quick') })
writeSync(1, `${JSON.stringify({ found })}\n`)
process.exit(0)
