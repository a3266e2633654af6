import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import type { LabEnvironment } from '../lab-environment/index.ts'
import { onHost } from './host-access.ts'

/** Names of the guests that libvirt knows on a host. */
export async function libvirtDomains(env: LabEnvironment, host: string): Promise<string[]> {
  const names = await onHost(env.lab.host(host), 'virsh', '-q', 'list', '--all', '--name')
  return names.split('\n').filter((name) => name !== '')
}

/** What VMs have claimed of a host: how many they are, MHz, bytes, and what is reserved for stopped ones. */
export function claimsOf(
  env: LabEnvironment,
  host: string,
): { vms: number; cpu: number; memory: number; reserved: number } {
  const [row] = env.rows(
    'SELECT vms, cpu_used, memory_used, cpu_reserved + memory_reserved AS reserved FROM host_capacity JOIN host ON host.id = host_id WHERE host.name = ? AND host.removed IS NULL',
    host,
  )
  return {
    vms: Number(row?.vms),
    cpu: Number(row?.cpu_used),
    memory: Number(row?.memory_used),
    reserved: Number(row?.reserved),
  }
}

export const noClaims = { vms: 0, cpu: 0, memory: 0, reserved: 0 }

/** Files of the pool that are volumes: everything but the marker and the copies of templates. */
export function volumeFiles(env: LabEnvironment): string[] {
  const files = readdirSync(String(env.lab.sharedDir))
  const templates = files.filter((file) => file.startsWith('.template-')).map((file) => file.slice('.template-'.length))
  return files.filter(
    (file) => !file.startsWith('.template-') && file !== '.altostack-pool' && !templates.includes(file),
  )
}

/** Nothing of any VM is left: no domain, file, claim, address, filter, DHCP server, lock or open job. */
export async function assertNoGuests(env: LabEnvironment): Promise<void> {
  for (const { name } of env.lab.hosts) {
    assert.deepEqual(await libvirtDomains(env, name), [], `domains on ${name}`)
    assert.deepEqual(claimsOf(env, name), noClaims, `claims on ${name}`)
    assert.doesNotMatch(await onHost(env.lab.host(name), 'nft', 'list', 'tables'), /alto_/)
    const dhcp = await env.lab.host(name).exec(['pgrep', '-a', 'dnsmasq'])
    assert.doesNotMatch(dhcp.stdout, /altostack/)
  }
  assert.deepEqual(volumeFiles(env), [])
  assert.deepEqual(env.rows('SELECT id FROM vm_instance WHERE removed IS NULL'), [])
  assert.deepEqual(env.rows('SELECT id FROM volumes WHERE removed IS NULL'), [])
  assert.deepEqual(env.rows('SELECT id FROM nics WHERE removed IS NULL'), [])
  assert.deepEqual(env.rows('SELECT lock_key FROM workflow_lock'), [])
  assert.deepEqual(env.rows('SELECT id FROM async_job WHERE job_status = 0'), [])
}
