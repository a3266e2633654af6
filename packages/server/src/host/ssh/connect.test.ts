import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { subjectOf } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'

import { inspectHost } from '../inspect-host.ts'
import { setProperties } from '../recruit-host.ts'
import { findPrivilege, rootExec } from '../remote-root.ts'
import { connectSsh, type SshTarget } from './connect.ts'
import { generateSshKey } from './generate-key.ts'
import { remoteCommand } from './remote-command.ts'

const runtime = systemRuntime()
const sshd = '/usr/sbin/sshd'
const skip = !existsSync(sshd) ? 'sshd is not installed' : process.getuid?.() === 0 ? false : 'needs root'

type Sshd = { readonly target: SshTarget; readonly hostKey: string; readonly directory: string; stop: () => void }

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A real sshd on loopback that takes one key; its files go with it. */
async function startSshd(): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'alto-sshd-'))
  const pair = generateSshKey('test')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'host')])
  writeFileSync(join(directory, 'authorized_keys'), pair.public)
  chmodSync(join(directory, 'authorized_keys'), 0o600)
  chmodSync(directory, 0o755)
  mkdirSync('/run/sshd', { recursive: true })
  const port = await freePort()
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/host`,
    `PidFile ${directory}/pid`,
    `AuthorizedKeysFile ${directory}/authorized_keys`,
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication yes',
    'Subsystem sftp internal-sftp',
  ]
  writeFileSync(join(directory, 'config'), `${lines.join('\n')}\n`)
  const child: ChildProcess = spawn(sshd, ['-D', '-e', '-f', join(directory, 'config')], { stdio: 'ignore' })
  const fingerprint = execFileSync('ssh-keygen', ['-lf', join(directory, 'host.pub')], { encoding: 'utf8' })
  const target = { address: '127.0.0.1', port, username: 'root', privateKey: pair.private }
  const stop = (): void => {
    child.kill()
    rmSync(directory, { recursive: true })
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      ;(await connectSsh(target, runtime)).close()
      break
    } catch {
      await runtime.sleep(30)
    }
  }
  return { target, hostKey: fingerprint.split(' ')[1] ?? '', directory, stop }
}

test('a real sshd: key login, commands by argument, input, exit codes, files', { skip }, async () => {
  const { target, hostKey, directory, stop } = await startSshd()
  try {
    const ssh = await connectSsh(target, runtime)
    assert.equal(ssh.hostKey, hostKey)
    assert.equal(ssh.ownAddress, '127.0.0.1')
    const nasty = `a'b"c $(id) \`id\` ; rm -rf / \n*`
    assert.equal((await ssh.exec(['printf', '%s', nasty])).stdout, nasty)
    assert.equal((await ssh.exec(['cat'], { input: 'hello' })).stdout, 'hello')
    const failed = await ssh.exec(['sh', '-c', 'echo bad >&2; exit 7'])
    assert.deepEqual([failed.code, failed.stderr], [7, 'bad\n'])
    await assert.rejects(ssh.exec(['sleep', '9'], { timeoutMs: 200 }), /no end within/)
    writeFileSync(join(directory, 'from'), 'x'.repeat(100_000))
    await ssh.put(join(directory, 'from'), join(directory, 'to'))
    assert.equal(readFileSync(join(directory, 'to'), 'utf8').length, 100_000)
    assert.equal(await findPrivilege(ssh, 'root', undefined), 'root')
    assert.equal((await rootExec(ssh, 'root', undefined)(['id', '-u'])).stdout, '0\n')
    ssh.close()
  } finally {
    stop()
  }
})

test('a real sshd: every refusal has its own code', { skip }, async () => {
  const { target, hostKey, stop } = await startSshd()
  const { privateKey: _, ...keyless } = target
  try {
    await assert.rejects(connectSsh({ ...target, expectedKey: `SHA256:${'A'.repeat(43)}` }, runtime), {
      code: 'host.key-changed',
      seen: new RegExp(hostKey.replaceAll(/[+/]/g, '.')),
    })
    ;(await connectSsh({ ...target, expectedKey: hostKey }, runtime)).close()
    await assert.rejects(connectSsh({ ...keyless, password: 'wrong' }, runtime), {
      code: 'host.authentication',
      message: /Authentication failed for root@127.0.0.1.*password/,
    })
    const other = generateSshKey('other').private
    await assert.rejects(connectSsh({ ...target, privateKey: other }, runtime), { code: 'host.authentication' })
  } finally {
    stop()
  }
  await assert.rejects(connectSsh(target, runtime), {
    code: 'host.unreachable',
    message: 'Unable to reach host 127.0.0.1',
  })
})

test('a real sshd: the checks read this very machine', { skip }, async () => {
  const { target, stop } = await startSshd()
  const agentPort = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => agentPort.once('listening', resolve))
  try {
    const found = await inspectHost(runtime, target, async (own) =>
      subjectOf({
        clusterName: 'c1',
        arch: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
        bridges: ['altonone0'],
        servers: [{ host: own, port: (agentPort.address() as AddressInfo).port }],
      }),
    )
    const status = (name: string): string | undefined => found.checks.find((check) => check.name === name)?.status
    assert.match(found.machineId, /^[0-9a-f]{32}$/)
    assert.equal(status('clock'), 'ok')
    assert.equal(status('architecture'), 'ok')
    assert.equal(status('server-port'), 'ok')
    assert.equal(status('bridge'), 'fail')
    assert.match(found.checks.find((check) => check.name === 'bridge')?.seen ?? '', /no bridge altonone0/)
    assert.ok(
      found.checks.every((check) => check.code !== 'host.check-unreadable'),
      JSON.stringify(found.checks),
    )
  } finally {
    agentPort.close()
    stop()
  }
})

test('arguments are quoted for the remote shell, settings set in place', () => {
  assert.equal(remoteCommand(['ls', '-l', '/a b', "it's"]), `ls -l '/a b' 'it'\\''s'`)
  assert.throws(() => remoteCommand(['a\0b']))
  const before = '# comment\n#host=\nport=8250\n'
  assert.equal(
    setProperties(before, { host: 'x', port: '9', 'private.network.device': 'br0' }),
    '# comment\nhost=x\nport=9\nprivate.network.device=br0\n',
  )
})
