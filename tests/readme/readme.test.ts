import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

/** The README's `sh` blocks in order, as one script: what a newcomer types. */
function commands(): string {
  const blocks = [...readFileSync('README.md', 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  return blocks.map((block) => block[1]).join('')
}

test('the commands of the README work, word for word', { timeout: 400_000 }, async () => {
  const script = commands()
  assert.match(script, /\.\/alto up --yes/)
  const dir = mkdtempSync(join(tmpdir(), 'alto-readme-'))
  const dataDir = join(dir, 'data')
  const env = { ...process.env, ALTO_DATA_DIR: dataDir, ALTO_PORT: '18780' }
  try {
    const { code, output } = await shell(`set -eux\n${script}`, env)
    assert.equal(code, 0, output.slice(-4000))
    assert.match(output, /first\tRunning\t\d+\.\d+\.\d+\.\d+/)
    assert.match(output, /Stopped\n[\s\S]*Running\t/)
    assert.ok(!existsSync(dataDir), 'down --purge leaves nothing')
  } finally {
    await shell('./alto down --purge', env)
    rmSync(dir, { recursive: true, force: true })
  }
})

function shell(script: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }> {
  const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((resolve) =>
    child.on('exit', (code) => resolve({ code, output: Buffer.concat(output).toString() })),
  )
}
