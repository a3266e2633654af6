import assert from 'node:assert/strict'
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { openSettings } from '../../packages/agent/src/properties/settings.ts'
import { cannotRun, startLibvirtd, until } from '../../packages/libvirt/tests/libvirtd.ts'
import { hashSecret } from '../../packages/server/src/agents/index.ts'
import {
  type AgentTestServer,
  insertPlace,
  startAgentTestServer,
} from '../../packages/server/src/agents/testing/agent-context.ts'

const main = join(import.meta.dirname, '../../packages/agent/src/main.ts')
const skip = cannotRun()

async function makeToken(s: AgentTestServer, ca: string): Promise<string> {
  const place = await insertPlace(s.ctx, 'KVM')
  const secret = Buffer.from(s.ctx.runtime.randomBytes(32)).toString('base64url')
  const id = randomUUID()
  const now = s.ctx.runtime.now()
  await s.ctx.db
    .insertInto('join_token')
    .values({
      uuid: id,
      secret_hash: hashSecret(secret),
      cluster_id: place.clusterId,
      created: now,
      expires: now + 60_000,
      created_by: 1,
    })
    .execute()
  const caFingerprint = createHash('sha256').update(new X509Certificate(ca).raw).digest('hex')
  return Buffer.from(JSON.stringify({ servers: [`127.0.0.1:${s.port}`], caFingerprint, id, secret })).toString(
    'base64url',
  )
}

test('the real agent joins by token, is Up, survives kill -9 and its certificate is its own', { skip }, async () => {
  const s = await startAgentTestServer({ settings: { 'alto.kvm.emulation.allowed': 'true', host: '127.0.0.1' } })
  const dir = mkdtempSync(join(tmpdir(), 'alto-join-'))
  const bridge = `altoj${randomUUID().slice(0, 6)}`
  execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge'])
  const daemon = await startLibvirtd()
  let agent: ChildProcess | undefined
  const start = (): void => {
    agent = spawn(process.execPath, ['--no-warnings', main, 'run', '--root', dir], { stdio: 'inherit' })
  }
  try {
    openSettings(join(dir, 'etc/cloudstack/agent/agent.properties')).set({
      'hypervisor.uri': `qemu:///system?socket=${daemon.socket}`,
      'private.network.device': bridge,
      'alto.acceleration': 'tcg',
      'alto.libvirt.tls': 'false',
      'alto.machine.id': 'a'.repeat(32),
    })
    const { certificate: ca } = JSON.parse(
      JSON.stringify(
        await s.ctx.db
          .selectFrom('configuration')
          .select('value as certificate')
          .where('name', '=', 'ca.plugin.root.ca.certificate')
          .executeTakeFirstOrThrow(),
      ),
    ) as { certificate: string }
    const token = await makeToken(s, ca)
    const joining = promisify(execFile)(process.execPath, ['--no-warnings', main, 'join', '-', '--root', dir])
    joining.child.stdin?.end(`${token}\n`)
    const { stdout: said } = await joining
    const hostUuid = /joined as host ([0-9a-f-]{36})/.exec(said)?.[1] ?? ''
    const row = () => s.ctx.db.selectFrom('host').selectAll().where('uuid', '=', hostUuid).executeTakeFirstOrThrow()
    assert.equal((await row()).status, 'Creating')
    start()
    await until('Up', async () => (await row()).status === 'Up', 20_000)
    const facts = await s.ctx.agents.call((await row()).id, 'host.facts', {})
    assert.equal(facts.acceleration.kind, 'tcg')
    assert.match(facts.machineTypes.join(), /pc-i440fx-7\.2/)
    const killed = agent as ChildProcess | undefined
    killed?.kill('SIGKILL')
    await until('not Up', async () => (await row()).status !== 'Up', 5000)
    start()
    await until('Up again', async () => (await row()).status === 'Up', 20_000)
    assert.match(readFileSync(join(dir, 'var/log/cloudstack/agent/agent.log'), 'utf8'), /Connected to the server/)
  } catch (error) {
    console.error(
      readFileSync(join(dir, 'var/log/cloudstack/agent/agent.log'), 'utf8').slice(-3000),
      s.logged.slice(-10),
    )
    throw error
  } finally {
    agent?.kill('SIGTERM')
    await daemon.stop()
    execFileSync('ip', ['link', 'del', bridge])
    await s.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})
