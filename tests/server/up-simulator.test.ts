import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'

/** `./alto up --simulator` as a newcomer runs it: simulated hosts, a template, a virtual machine; again; gone. */

const home = mkdtempSync(join(tmpdir(), 'alto-up-'))
const dataDir = join(home, 'data')
const alto = resolve(import.meta.dirname, '../../alto')
after(() => {
  spawnSync(alto, ['down', '--purge', '--data-dir', dataDir])
  rmSync(home, { recursive: true, force: true })
})

test('up --simulator ends with what it names, resumes, and down --purge leaves nothing', async () => {
  const port = await threeFreePorts()
  const up = ['up', '--simulator', '--hosts', '2', '--json', '--yes', '--data-dir', dataDir]
  const first = run([...up, '--port', String(port)])
  assert.equal(first.status, 0, first.stderr)
  const made = JSON.parse(lastLine(first.stdout))
  assert.deepEqual(made.ports, { api: port, https: port + 1, agent: port + 2 })
  assert.equal(made.mode, 'simulator')

  const fields = (command: string, only: string): string[] => {
    const listed = run([...command.split(' '), '--data-dir', dataDir, '--only', only])
    assert.equal(listed.status, 0, listed.stderr)
    return listed.stdout.trim().split('\n').sort()
  }
  assert.deepEqual(fields('listHosts', 'name,state'), ['sim1\tUp', 'sim2\tUp'])
  assert.deepEqual(fields('listVirtualMachines', 'name,state'), [`${made.names.vm}\tRunning`])
  assert.deepEqual(fields('listTemplates templatefilter=all', 'name,isready'), [`${made.names.template}\ttrue`])

  const again = run(up)
  assert.equal(again.status, 0, again.stderr)
  assert.deepEqual(JSON.parse(lastLine(again.stdout)), made)
  assert.deepEqual(fields('listVirtualMachines', 'name,state'), [`${made.names.vm}\tRunning`])

  const other = run([...up, '--port', String(port + 100)])
  assert.equal(other.status, 1)
  assert.match(other.stderr, /up\.port/)
  const why = run(['why', 'vm', made.names.vm, '--data-dir', dataDir])
  assert.match(why.stdout, /is Running[\s\S]*vm\.start/)

  assert.equal(run(['down', '--purge', '--data-dir', dataDir]).status, 0)
  assert.equal(existsSync(dataDir), false)
})

test('options that make no sense are refused by name', () => {
  for (const [args, words] of [
    [['--port', 'x'], /--port takes a whole number/],
    [['--hosts', '0', '--simulator'], /--hosts takes a whole number/],
    [['--frob'], /--frob[\s\S]*cli\.option/],
  ] as const) {
    const refused = run(['up', ...args, '--data-dir', dataDir])
    assert.equal(refused.status, 1)
    assert.match(refused.stderr, words)
  }
  assert.equal(existsSync(dataDir), false)
})

function run(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(alto, args, { encoding: 'utf8', timeout: 300_000 })
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

/** `up` takes three ports in a row; ones that are free now. */
async function threeFreePorts(): Promise<number> {
  for (let port = 21_000 + (process.pid % 1000) * 10; ; port += 3) {
    const free = await Promise.all([0, 1, 2].map((more) => isFree(port + more)))
    if (free.every(Boolean)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolvePort) => {
    const server = createServer()
    server.once('error', () => resolvePort(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolvePort(true)))
  })
}
