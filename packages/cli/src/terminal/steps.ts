import { styleText } from 'node:util'

export type StepOutput = {
  /** Runs one step, shown while it runs and with its time when it ends. The task answers a word on what it found. */
  readonly step: <T>(title: string, task: () => Promise<T>) => Promise<T>
  readonly say: (text: string) => void
}

/** Steps on standard error, so that standard output stays for `--json`. Plain lines where it is no terminal. */
export function stepOutput(stream: NodeJS.WriteStream = process.stderr): StepOutput {
  const live = stream.isTTY === true
  return {
    async step(title, task) {
      const started = performance.now()
      if (live) stream.write(`${styleText('dim', '…')} ${title}`)
      else stream.write(`… ${title}\n`)
      try {
        const result = await task()
        const { note: words } = (result ?? {}) as { readonly note?: string }
        const note = words === undefined ? '' : `: ${words}`
        stream.write(`${live ? '\r\x1b[K' : ''}${mark('green', '✓', live)} ${title}${note} ${seconds(started)}\n`)
        return result
      } catch (error) {
        stream.write(`${live ? '\r\x1b[K' : ''}${mark('red', '✗', live)} ${title} ${seconds(started)}\n`)
        throw error
      }
    },
    say: (text) => void stream.write(`  ${text}\n`),
  }
}

function mark(colour: 'green' | 'red', sign: string, live: boolean): string {
  return live ? styleText(colour, sign) : sign
}

function seconds(started: number): string {
  return `(${((performance.now() - started) / 1000).toFixed(1)} s)`
}
