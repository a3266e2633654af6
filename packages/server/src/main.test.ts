import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'

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

test('a server whose data directory is deleted says so and serves no longer; its database can be copied out', async () => {
  const lost = mkdtempSync(join(tmpdir(), 'alto-main-'))
  const server = start('--data-dir', lost)
  const { ports, pid } = await server.ready
  const ask = (path: string) => fetch(`http://127.0.0.1:${ports.http}${path}`)
  try {
    assert.equal((await ask('/healthz')).status, 200)
    rmSync(lost, { recursive: true })
    const end = performance.now() + 30_000
    while ((await ask('/healthz')).status === 200 && performance.now() < end) await setTimeout(200)
    assert.match(await (await ask('/healthz')).text(), /cloud\.db was deleted under the running management server/)
    const refused = await ask('/client/api?command=listZones&response=json')
    assert.equal(refused.status, 503)
    assert.match(await refused.text(), /was deleted under the running management server/)
    assert.equal((await ask('/client/events')).status, 503)
    assert.equal(server.child.exitCode, null, 'it holds the data')
    const said = await (await ask('/healthz')).text()
    const commands = [...said.matchAll(/cp (\/proc\/\d+\/fd\/\d+) (\S+\/cloud\.db(?:-wal)?)/g)]
    assert.ok(commands.length > 0, said)
    mkdirSync(lost)
    for (const [, from, to] of commands) copyFileSync(from as string, to as string)
    const database = new DatabaseSync(join(lost, 'cloud.db'))
    assert.equal(database.prepare('select count(*) as n from user where username = ?').get('admin')?.n, 1)
    database.close()
  } finally {
    process.kill(pid, 'SIGTERM')
    await once(server.child, 'exit')
    rmSync(lost, { recursive: true, force: true })
  }
})

test('says what is wrong with its options', async () => {
  const { ready } = start('--port', 'x')
  await assert.rejects(ready, /--port x is not a port/)
})
