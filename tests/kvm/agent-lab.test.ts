import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createLab, type Lab, labPackages, missingPackages } from '@altostack/lab'
import { makeAuthority, tokens } from '../../packages/agent/tests/agent-host.ts'
import { type AgentPort, startAgentPort } from '../../packages/agent/tests/agent-port.ts'
import { cannotRun, until } from '../../packages/libvirt/tests/libvirtd.ts'
import { buildDeb } from '../../packaging/build-deb.ts'
import { buildGuestImage } from '../../tools/guest-image/build.ts'

const lacking = cannotRun() === false ? await missingPackages(labPackages) : []
const skip = cannotRun() || (lacking.length > 0 && `missing packages: ${lacking.join(' ')}`)
const cache = process.env.ALTO_CACHE ?? join(process.env.HOME ?? '/root', '.cache/altostack')
const hostUuids = { h1: randomUUID(), h2: randomUUID() } as const
type Name = keyof typeof hostUuids
const pool = { uuid: randomUUID(), type: 'SharedMountPoint' as const, path: '/mnt/shared/primary' }
let dir = ''
let lab: Lab
let port: AgentPort

before(async () => {
  if (skip !== false) return
  dir = mkdtempSync(join(tmpdir(), 'alto-agent-lab-'))
  const shared = join(dir, 'shared')
  lab = await createLab({ dir: join(dir, 'lab'), hosts: 2, shared })
  const authority = await makeAuthority()
  port = await startAgentPort(authority, lab.serverIp)
  const deb = await buildDeb({ out: dir, cache: join(cache, 'deb') })
  copyFileSync(deb, join(shared, 'agent.deb'))
  for (const name of ['h1', 'h2'] as const) {
    const host = lab.host(name)
    await must(name, ['dpkg', '-i', '/mnt/shared/agent.deb'])
    assert.equal((await host.exec(['systemctl', 'is-active', 'cloudstack-agent'])).stdout.trim(), 'inactive')
    const { certificate, key } = await authority.issue(hostUuids[name], [{ type: 'ip', value: host.ip }])
    await put(name, 'cloud.ca.crt', authority.ca)
    await put(name, 'cloud.key', key)
    await put(name, 'cloud.crt', certificate)
    await put(name, 'agent.properties', `host=${lab.serverIp}:${port.port}\nhost.reserved.mem.mb=256\n`)
    await must(name, ['systemctl', 'start', 'cloudstack-agent'])
  }
  for (const uuid of Object.values(hostUuids)) await until('hello', () => port.connected(uuid), 30_000)
})
after(async () => {
  if (skip !== false) return
  await port?.stop()
  await lab?.down()
  rmSync(dir, { recursive: true, force: true })
})

async function must(name: Name, argv: [string, ...string[]]): Promise<string> {
  const { code, stdout, stderr } = await lab.host(name).exec(argv)
  assert.equal(code, 0, `${argv.join(' ')}: ${stdout}${stderr}`)
  return stdout
}
async function put(name: Name, file: string, text: string): Promise<void> {
  await must(name, ['sh', '-c', 'printf %s "$1" > "$2"', 'put', text, `/etc/cloudstack/agent/${file}`])
}
const agentLog = (name: Name): Promise<string> =>
  must(name, ['tail', '-n', '30', '/var/log/cloudstack/agent/agent.log'])

test('the package runs as a service, its checks pass and libvirt listens with TLS', { skip }, async () => {
  for (const name of ['h1', 'h2'] as const) {
    const { checks } = await port.call(hostUuids[name], 'host.check', { names: [] })
    assert.deepEqual(
      checks.filter((one) => one.status === 'fail'),
      [],
    )
    assert.equal(checks.find((one) => one.name === 'kvm')?.status, 'warn')
    const listening = await must(name, ['ss', '-Hltn'])
    assert.match(listening, /:16514\s/, `${listening}\n${await agentLog(name)}`)
    assert.doesNotMatch(listening, /:16509\s/)
  }
})

test('a guest boots from a template, has its address, and moves live without losing a tick', {
  skip,
  timeout: 240_000,
}, async () => {
  const image = join(dir, 'guest.qcow2')
  await buildGuestImage({ out: image })
  const bytes = readFileSync(image)
  const described = JSON.parse(execFileSync('qemu-img', ['info', '--output=json', image], { encoding: 'utf8' })) as {
    'virtual-size': number
  }
  const template = {
    uuid: randomUUID(),
    format: 'qcow2' as const,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    virtualSizeBytes: described['virtual-size'],
  }
  port.addImage(template.uuid, bytes)
  const { h1, h2 } = hostUuids
  await port.call(h1, 'pool.attach', { tokens: tokens(), pool, create: true })
  await port.call(h2, 'pool.attach', { tokens: tokens(), pool, create: false })
  const installed = await port.finish(h1, 'template.install', { tokens: tokens(), pool, template })
  assert.equal(installed.state, 'done', JSON.stringify(installed))
  const volume = {
    uuid: randomUUID(),
    sizeBytes: template.virtualSizeBytes,
    format: 'qcow2' as const,
    templateUuid: template.uuid,
  }
  await port.call(h1, 'volume.create', { tokens: tokens(), pool, volume })
  const address = lab.serverIp.replace(/\.\d+$/, '.77')
  const networkUuid = randomUUID()
  const spec = {
    instanceName: 'i-2-3-VM',
    uuid: randomUUID(),
    displayName: 'ticker',
    cpus: 1,
    cpuMhz: 500,
    memoryBytes: 128 * 2 ** 20,
    disks: [{ volumeUuid: volume.uuid, pool, format: 'qcow2' as const, deviceId: 0 }],
    nics: [
      {
        nicUuid: randomUUID(),
        deviceId: 0,
        mac: '02:00:0a:40:00:4d',
        bridge: 'cloudbr0',
        networkUuid,
        addresses: [address],
        dhcp: {
          networkUuid,
          address,
          netmask: '255.255.255.0',
          gateway: lab.serverIp,
          dns: [],
          hostName: 'ticker',
        },
      },
    ],
    vncPassword: 'password',
    guestData: {
      version: 1,
      instanceId: 'ticker-1',
      hostName: 'ticker',
      publicKeys: [],
      availabilityZone: 'lab',
      serviceOffering: 'small',
      cloudIdentifier: 'lab',
    },
  }
  const vm = { instanceName: spec.instanceName, uuid: spec.uuid, generation: 1 }
  const began = performance.now()
  const started = await port.call(h1, 'vm.start', { tokens: tokens(), vm, spec }).catch(async (error) => {
    throw new Error(`${error.message} ${await agentLog('h1')}`, { cause: error })
  })
  await until('ping', () => ping(address), 60_000)
  console.log(`# answers ping ${Math.round(performance.now() - began)} ms after vm.start`)
  await until('http', () => page(address).then((one) => Number(one.tick) > 2), 30_000)
  assert.match(await serviceSockets('h1'), /169\.254\.169\.254:80 .*169\.254\.169\.254:8080 /s, await agentLog('h1'))
  assert.match(await must('h1', ['nft', 'list', 'table', 'bridge', table('h1')]), /ip saddr != .*\.77/)

  const there = { ...vm, generation: 2 }
  const full = { ...spec, machineType: started.machineType, cpuXml: started.cpuXml }
  for (const [from, to, over] of [
    ['h1', 'h2', there],
    ['h2', 'h1', { ...vm, generation: 3 }],
  ] as const) {
    const before = Number((await page(address)).tick)
    const prepared = await port.call(hostUuids[to], 'vm.migration.prepare', {
      tokens: tokens(),
      vm: over,
      spec: full,
      source: from,
    })
    const moved = await port.finish(hostUuids[from], 'vm.migration.start', {
      tokens: tokens(),
      vm: over,
      ...prepared,
      autoConverge: false,
    })
    assert.equal(moved.state, 'done', `${JSON.stringify(moved)}\n${await agentLog(from)}`)
    console.log(`# ${from} to ${to}: ${JSON.stringify(moved.result)}`)
    assert.deepEqual(
      await port.call(hostUuids[to], 'vm.migration.settle', { tokens: tokens(), vm: over, decision: 'keep' }),
      { state: 'running' },
    )
    assert.deepEqual(
      await port.call(hostUuids[from], 'vm.migration.settle', { tokens: tokens(), vm: over, decision: 'drop' }),
      { state: 'absent' },
    )
    const next = await page(address)
    assert.ok(Number(next.tick) >= before, 'the guest counts on')
    // The rules and services came before it, and left its old host.
    assert.match(await must(to, ['nft', 'list', 'table', 'bridge', table(to)]), /ip saddr != .*\.77/)
    assert.match(await serviceSockets(to), /169\.254\.169\.254:8080 /)
    assert.doesNotMatch(await must(from, ['nft', 'list', 'tables']), /alto_/)
    await until('it goes on writing', async () => Number((await page(address)).disktick) > before + 2, 15_000)
  }

  const last = { ...vm, generation: 3 }
  const ended = await port.finish(h1, 'vm.stop', { tokens: tokens(), vm: last, graceMs: 20_000 })
  assert.deepEqual(ended.result, { how: 'shutdown' })
  await port.call(h1, 'volume.remove', { tokens: tokens(), pool, volumeUuid: volume.uuid })
  await port.call(h2, 'template.remove', { tokens: tokens(), pool, templateUuid: template.uuid })
  for (const name of ['h1', 'h2'] as const) {
    assert.deepEqual((await port.call(hostUuids[name], 'vm.list', {})).domains, [])
    assert.doesNotMatch(await must(name, ['nft', 'list', 'tables']), /alto_/)
  }
  const files = (await port.call(h1, 'pool.list', { pool })).files
  assert.deepEqual(files, [])
  assert.equal(existsSync(join(dir, 'shared/primary/.altostack-pool')), true)
})

const table = (name: Name): string => `alto_${hostUuids[name].slice(0, 8)}`
/** What listens for guests, in the namespace of the bridge's services. */
function serviceSockets(name: Name): Promise<string> {
  const space = `alto-${hostUuids[name].slice(0, 8)}-cloudbr0`
  return must(name, ['ip', 'netns', 'exec', space, 'sh', '-c', 'ss -Hltn | sort'])
}

function ping(address: string): boolean {
  try {
    execFileSync('ping', ['-c', '1', '-W', '1', address], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The guest's own page: `host= uptime= boots= tick= disktick=`. */
async function page(address: string): Promise<Record<string, string>> {
  const text = await fetch(`http://${address}/cgi-bin/i`, { signal: AbortSignal.timeout(5000) }).then((answer) =>
    answer.text(),
  )
  return Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((word) => word.split('=') as [string, string]),
  )
}
