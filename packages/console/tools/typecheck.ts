/** vue-tsc on this workspace's own TypeScript: the repository's has no JavaScript API yet. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { run } from 'vue-tsc'

const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc')
process.argv.push('-p', fileURLToPath(new URL('../tsconfig.json', import.meta.url)))
run(tsc)
