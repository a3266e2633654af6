import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const directory = mkdtempSync(join(tmpdir(), 'alto-main-'))
const started: ChildProcess[] = []
after(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

type Ready = { readonly ports: { readonly http: number }; readonly pid: number }

function start(...more: readonly string[]): { child: ChildProcess; ready: Promise<Ready>; errors: () => string } {
  const args = [
    '--data-dir',
    directory,
    '--port',
    '0',
    '--https-port',
    '0',
    '--agent-port',
    '0',
    '--public-bind',
    '127.0.0.1',
  ]
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args, '--print-ready', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout?.once('data', (chunk) => resolve(JSON.parse(String(chunk)) as Ready))
    child.once('exit', (code) => reject(new Error(`exited with ${code}: ${errors}`)))
  })
  return { child, ready, errors: () => errors }
}

async function logIn(port: number, password: string): Promise<number> {
  const body = `command=login&username=admin&password=${password}&response=json`
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  return (await fetch(`http://127.0.0.1:${port}/client/api`, { method: 'POST', body, headers })).status
}

test('the process starts, survives kill -9, is alone on its data, and stops when asked', async () => {
  const first = start()
  const { ports } = await first.ready
  const passwordFile = join(directory, 'admin-password')
  const password = readFileSync(passwordFile, 'utf8').trim()
  assert.equal(statSync(passwordFile).mode & 0o777, 0o600)
  assert.equal(statSync(join(directory, 'secret.key')).mode & 0o777, 0o600)
  assert.match(first.errors(), /Password of admin, kept in .*admin-password\n/)
  assert.equal(first.errors().includes(password), false, 'a log never has the password')
  assert.equal(await logIn(ports.http, password), 200)

  const second = start()
  await assert.rejects(
    second.ready,
    new RegExp(`Another management server uses .* \\(held by process ${first.child.pid}\\)`),
  )
  assert.equal(second.child.exitCode, 1)

  const taken = start('--data-dir', join(directory, 'other'), '--port', String(ports.http))
  await assert.rejects(taken.ready, new RegExp(`Port ${ports.http} of 127.0.0.1 is in use by another program`))

  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const third = start()
  const again = await third.ready
  assert.doesNotMatch(third.errors(), /Password of admin/)
  assert.equal(await logIn(again.ports.http, password), 200)
  third.child.kill('SIGTERM')
  const [code] = await once(third.child, 'exit')
  assert.equal(code, 0)
  const log = readFileSync(join(directory, 'log', 'management-server.log'), 'utf8')
  assert.match(log, /"msg":"stopping"/)
  assert.doesNotMatch(log, new RegExp(password))
})

test('says what is wrong with its options', async () => {
  const { ready } = start('--port', 'x')
  await assert.rejects(ready, /--port x is not a port/)
})
