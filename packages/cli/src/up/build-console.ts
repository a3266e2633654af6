import { join } from 'node:path'
import { repositoryRoot } from '../repository-root.ts'
import { must } from '../run.ts'

/** Builds the web console unless it has been built from these sources. Answers what was done. */
export async function buildConsole(): Promise<string> {
  const entry = join(repositoryRoot(), 'packages/console/tools/build.ts')
  const said = await must([process.execPath, '--disable-warning=ExperimentalWarning', entry], { timeoutMs: 300_000 })
  return said.trim().replace(/^console: /, '')
}
