import { createInterface } from 'node:readline/promises'

/** A question that only y or yes answers; without a terminal the answer is no. */
export async function askYes(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) {
    process.stderr.write(`${question} Nobody can be asked here: use --yes.\n`)
    return false
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
