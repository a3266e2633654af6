import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '@altostack/lab'
import type { LabEnvironment } from '../lab-environment/index.ts'

/** Runs a program in the host as root, past ssh; it must succeed. Answers what it printed. */
export async function onHost(host: LabHost, ...argv: [string, ...string[]]): Promise<string> {
  const { code, stdout, stderr } = await host.exec(argv)
  assert.equal(code, 0, `${host.name}: ${argv.join(' ')}: ${stderr}${stdout}`)
  return stdout
}

/** What `alto ssh-key` prints: the public half of the key with which the server logs in. */
export function serverPublicKey(env: LabEnvironment): string {
  return readFileSync(join(env.server.dataDir, 'ssh', 'id_ed25519.pub'), 'utf8').trim()
}

/** Lets the server log in as root without a password, as an operator prepares a host. */
export async function authoriseServer(env: LabEnvironment, host: LabHost): Promise<void> {
  const script = 'umask 077; mkdir -p /root/.ssh; echo "$1" >> /root/.ssh/authorized_keys'
  await onHost(host, 'sh', '-c', script, 'authorise', serverPublicKey(env))
}

/** The bridge is renamed away and back: the host keeps its address and its connections. */
export async function renameBridge(host: LabHost, from: string, to: string): Promise<void> {
  const script =
    'ip link set "$1" down && ip link set "$1" name "$2" && ip link set "$2" up && ip route replace default via "$3"'
  await onHost(host, 'sh', '-c', script, 'rename', from, to, host.ip.replace(/\.\d+$/, '.1'))
}

/** Nothing of ours is on the host: no package, unit, configuration, state, user data or copied file. */
export async function assertUntouched(host: LabHost): Promise<void> {
  assert.notEqual((await host.exec(['dpkg-query', '-W', 'altostack-agent'])).code, 0)
  const left = [
    'etc/cloudstack',
    'var/lib/altostack',
    'var/log/cloudstack',
    'lib/systemd/system/altostack-agent.service',
  ]
  for (const path of left) assert.ok(!existsSync(join(host.dir, 'root', path)), `/${path} is left on ${host.name}`)
  assert.equal((await onHost(host, 'sh', '-c', 'ls /var/tmp')).match(/\.deb/), null)
}

/**
 * Nothing of a refused host is in the database: no host, no unused token (beyond `tokens` of the operator's own), no run
 * or lock that goes on, no open job.
 */
export function assertNotRecorded(env: LabEnvironment, tokens = 0): void {
  assert.deepEqual(env.rows('SELECT id FROM host WHERE removed IS NULL'), [])
  assert.deepEqual(env.rows('SELECT host_id FROM host_capacity'), [])
  assert.equal(env.rows('SELECT id FROM join_token WHERE removed IS NULL AND used IS NULL').length, tokens)
  assert.deepEqual(env.rows("SELECT id FROM workflow_run WHERE status NOT IN ('succeeded', 'failed')"), [])
  assert.deepEqual(env.rows('SELECT lock_key FROM workflow_lock'), [])
  assert.deepEqual(env.rows('SELECT id FROM async_job WHERE job_status = 0'), [])
}
