/** Checks every tracked text file against the repository's own rules (docs/architecture.md, STYLE.md). */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { rules } from './rules.ts'

const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '')
let broken = 0
for (const file of files) {
  const applying = rules.filter((rule) => rule.applies(file))
  if (applying.length === 0 || !statSync(file, { throwIfNoEntry: false })?.isFile()) continue
  const text = readFileSync(file, 'utf8')
  if (text.includes('\0')) continue
  for (const rule of applying) {
    for (const words of rule.check(file, text)) {
      broken++
      process.stdout.write(`${file}: ${rule.name}: ${words}\n`)
    }
  }
}
process.stdout.write(`${files.length} files, ${broken} findings\n`)
process.exit(broken === 0 ? 0 : 1)
