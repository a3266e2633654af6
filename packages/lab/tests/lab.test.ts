import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { guestImagePackages } from '../../../tools/guest-image/build.ts'
import { cacheDirectory } from '../src/base-tree.ts'
import { leaderPid } from '../src/container.ts'
import { createLab, type Lab, labPackages, missingPackages, openLab, removeLab } from '../src/index.ts'
import { cableName, labId, labNames, machineName } from '../src/names.ts'
import { linkExists } from '../src/network.ts'
import { type Argv, type ExecResult, execute } from '../src/run.ts'
import {
  bootGuest,
  configDrive,
  guestAddress,
  guestImage,
  migrateGuest,
  serialLines,
  serveGuestAddress,
} from './guest.ts'

const runtime = systemRuntime()
const skip = await whyNot()

describe('a lab of two hosts', { skip }, () => {
  let work: string
  let lab: Lab

  before(async () => {
    work = await mkdtemp(join(tmpdir(), 'alto-lab-test-'))
    const options = { dir: join(work, 'lab'), shared: join(work, 'shared'), hosts: 2, runtime }
    if (!existsSync(join(cacheDirectory(), 'lab-base'))) await (await createLab(options)).down() // builds the base tree
    const started = runtime.monotonic()
    lab = await createLab(options)
    const seconds = (runtime.monotonic() - started) / 1000
    console.log(`# two hosts answered ssh and libvirt after ${seconds.toFixed(1)} s`)
  })

  after(async () => {
    await removeLab(join(work, 'lab'), runtime)
    await rm(work, { recursive: true, force: true })
  })

  test('root and ops log in by password and by key, a wrong password is refused', async () => {
    const host = lab.host('h1')
    assert.equal((await ssh('root', host.ip, { key: host.privateKeyPath }, 'hostname')).stdout.trim(), 'h1')
    assert.equal((await ssh('root', host.ip, { password: host.password }, 'id -un')).stdout.trim(), 'root')
    assert.equal((await ssh('ops', host.ip, { password: host.password }, 'sudo -n id -un')).stdout.trim(), 'root')
    assert.notEqual((await ssh('plain', host.ip, { password: host.password }, 'sudo -n id -un')).code, 0)
    const wrong = await ssh('root', host.ip, { password: 'wrong' }, 'true')
    assert.equal(wrong.code, 255)
    assert.match(wrong.stderr, /Permission denied/)
  })

  test('each host is a KVM host of its own, as Debian sets it up', async () => {
    const seen = new Set<string>()
    for (const host of lab.hosts) {
      assert.equal((await host.exec(['virsh', '-c', 'qemu:///system', 'list', '--all', '--name'])).stdout.trim(), '')
      seen.add((await host.exec(['virsh', 'capabilities'])).stdout.match(/<uuid>(.*)<\/uuid>/)![1]!)
      seen.add((await host.exec(['cat', '/etc/machine-id'])).stdout)
      assert.equal((await host.exec(['systemctl', 'is-system-running'])).stdout.trim(), 'running')
      assert.equal((await host.exec(['test', '-e', '/dev/kvm'])).code, 1)
      assert.equal(await connects(host.ip, 16509), false)
      const asked = runtime.monotonic()
      assert.match((await host.exec(['getent', 'hosts', host.name])).stdout, new RegExp(`^${host.ip}\\s`))
      assert.ok(runtime.monotonic() - asked < 1000)
      const bridge = (await host.exec(['ip', '-br', 'address', 'show', 'dev', 'cloudbr0'])).stdout
      assert.ok(bridge.includes(`${host.ip}/24`), bridge)
    }
    assert.equal(seen.size, 4, 'host UUIDs and machine ids differ')
  })

  test('both hosts see the shared directory, and services of one do not disturb the other', async () => {
    await lab.host('h1').exec(['tee', '/mnt/shared/note'], { input: 'from h1' })
    assert.equal((await lab.host('h2').exec(['cat', '/mnt/shared/note'])).stdout, 'from h1')
    await lab.host('h1').exec(['systemctl', 'stop', 'libvirtd.socket', 'libvirtd.service'])
    assert.equal((await lab.host('h2').exec(['systemctl', 'is-active', 'libvirtd'])).stdout.trim(), 'active')
    assert.notEqual((await lab.host('h1').exec(['virsh', 'list'])).code, 0)
    await lab.host('h1').exec(['systemctl', 'start', 'libvirtd.socket', 'libvirtd.service'])
    await lab.host('h1').waitReady()
  })

  test('cuts lose what passes between two addresses, both ways or one way, until they are healed', async () => {
    const [h1, h2] = [lab.host('h1'), lab.host('h2')]
    const pings = async (): Promise<string> => {
      const all = await Promise.all([
        ping(['ping'], h1.ip),
        ping(['ping'], h2.ip),
        h1.exec(['ping', ...onePing, h2.ip]).then((result) => result.code === 0),
      ])
      return ['server-h1', 'server-h2', 'h1-h2'].filter((_, index) => all[index]).join(' ')
    }
    assert.equal(await pings(), 'server-h1 server-h2 h1-h2')
    await lab.cut('h1', 'server')
    assert.equal(await pings(), 'server-h2 h1-h2')
    await lab.cut('h1', 'h2')
    assert.equal(await pings(), 'server-h2')
    await lab.heal()
    assert.equal(await pings(), 'server-h1 server-h2 h1-h2')
    const received = async (): Promise<number> => icmpReceived((await h1.exec(['cat', '/proc/net/snmp'])).stdout)
    const beforeCut = await received()
    await lab.cut('h1', 'server', { oneWay: true })
    assert.equal(await pings(), 'server-h2 h1-h2')
    assert.ok((await received()) > beforeCut + 1, 'the host still gets what it is sent')
    await lab.heal()
    await h1.unplug()
    assert.equal(await pings(), 'server-h2')
    await h1.plug()
    await until(async () => (await pings()) === 'server-h1 server-h2 h1-h2', 5_000, 'the cable carries again')
  })

  test('a bind-mounted shared directory cannot be cut, and it says so', async () => {
    await assert.rejects(lab.cut('h1', 'storage'), { code: 'lab.storage-bind' })
    await assert.rejects(lab.cut('h9', 'server'), { code: 'lab.host-unknown' })
  })

  test('a frozen host answers ping and nothing else', async () => {
    const host = lab.host('h1')
    await host.freeze()
    assert.equal(await ping(['ping'], host.ip), true)
    assert.equal(await banner(host.ip), '')
    await host.thaw()
    assert.match(await banner(host.ip), /^SSH-/)
  })

  test('a wrong clock is seen over ssh and can be made right', async () => {
    const host = lab.host('h1')
    const offBy = async (): Promise<number> => {
      const { stdout } = await ssh('root', host.ip, { key: host.privateKeyPath }, 'date +%s')
      return Math.round(Number(stdout) - runtime.now() / 1000)
    }
    await host.setClock(-90)
    assert.ok(Math.abs((await offBy()) + 90) <= 2)
    await host.setClock(0)
    assert.ok(Math.abs(await offBy()) <= 2)
  })

  test('a guest boots, takes its address by DHCP, moves live and loses no tick, not even by a power cut', async () => {
    const [h1, h2] = [lab.host('h1'), lab.host('h2')]
    await guestImage(lab.sharedDir!)
    await configDrive(h1)
    const address = guestAddress(lab)
    const server = await serveGuestAddress(h1, address)
    try {
      const started = runtime.monotonic()
      await bootGuest(h1)
      await until(() => ping(['ping'], address), 60_000, 'the guest answers ping')
      console.log(`# guest: create to ping ${((runtime.monotonic() - started) / 1000).toFixed(1)} s`)
      await until(async () => (await serialLines(h1)).some((line) => line.startsWith('TICK')), 20_000, 'a tick')
      const said = (await serialLines(h1)).join('\n')
      for (const word of [/LAB-CONFIGDRIVE .*config-2/, /LAB-SCRIPT-RAN/, /LAB-READY ticker/]) assert.match(said, word)
      const state = await (await fetch(`http://${address}/cgi-bin/i`)).text()
      assert.match(state, /^host=ticker uptime=\S+ boots=1 tick=\d+ disktick=\d+$/m)
      const inside = await ssh('root', address, { key: h1.privateKeyPath }, 'hostname')
      assert.equal(inside.stdout.trim(), 'ticker', inside.stderr)
      await until(async () => ticksOf(await serialLines(h1)).length >= 3, 20_000, 'three ticks')

      const moved = runtime.monotonic()
      await migrateGuest(h1, h2)
      console.log(`# live migration ${((runtime.monotonic() - moved) / 1000).toFixed(2)} s`)
      assert.equal((await h1.exec(['virsh', 'list', '--name'])).stdout.trim(), '')
      assert.equal(await ping(['ping'], address), true)
      await until(async () => ticksOf(await serialLines(h2)).length >= 3, 20_000, 'three ticks on the other host')
      const ticks = [...ticksOf(await serialLines(h1)), ...ticksOf(await serialLines(h2))]
      assert.deepEqual(
        ticks,
        ticks.map((_, index) => index + 1),
        'no tick is lost and none comes twice',
      )

      const cut = runtime.monotonic()
      await h2.powerCut()
      console.log(`# power cut ${((runtime.monotonic() - cut) / 1000).toFixed(2)} s`)
      assert.equal(h2.isOn(), false)
      const last = ticksOf(await serialLines(h2)).at(-1)!
      await bootGuest(h1)
      const diskTick = async (): Promise<number | undefined> => {
        const lines = (await serialLines(h1)).filter((line) => line.startsWith('LAB-DISK-TICK'))
        return lines.length < 2 ? undefined : Number(lines.at(-1)!.split(' ')[1])
      }
      await until(async () => (await diskTick()) !== undefined, 60_000, 'the guest boots again')
      assert.ok((await diskTick())! >= last, 'every tick that was printed is on the disk')
      await until(() => ping(['ping'], address), 60_000, 'the guest answers ping again')
      await until(
        async () => (await serialLines(h1)).filter((line) => line.includes('LAB-READY')).length === 2,
        20_000,
        'ready',
      )

      await h1.exec(['virsh', 'shutdown', 'tick'])
      const running = async (): Promise<string> => (await h1.exec(['virsh', 'list', '--name'])).stdout.trim()
      await until(async () => (await running()) === '', 10_000, 'the power button ends the guest')
      assert.match((await serialLines(h1)).join('\n'), /LAB-ACPI-SHUTDOWN/)
    } finally {
      await h1.exec(['virsh', 'destroy', 'tick'])
      await server.stop()
    }
  })

  test('a host that was cut off power comes back as the same host', async () => {
    const host = lab.host('h2')
    if (host.isOn()) await host.powerCut()
    await assert.rejects(host.exec(['true']), { code: 'lab.host-off' })
    const started = runtime.monotonic()
    await host.start()
    await host.waitReady()
    console.log(`# start after a power cut ${((runtime.monotonic() - started) / 1000).toFixed(1)} s`)
    assert.equal((await ssh('root', host.ip, { password: host.password }, 'hostname')).stdout.trim(), 'h2')
    const off = runtime.monotonic()
    await host.off()
    console.log(`# orderly off ${((runtime.monotonic() - off) / 1000).toFixed(1)} s`)
    assert.equal(host.isOn(), false)
  })

  test('up again starts what is off and changes nothing else', async () => {
    const running = leaderPid(machineName(lab.id, 'h1'))
    const again = await createLab({ dir: lab.dir, hosts: 2, runtime })
    assert.equal(leaderPid(machineName(lab.id, 'h1')), running)
    assert.deepEqual(
      again.hosts.map((host) => [host.name, host.ip, host.password, host.isOn()]),
      lab.hosts.map((host) => [host.name, host.ip, host.password, true]),
    )
  })

  test('down leaves nothing, also without a state file, and can be repeated', async () => {
    await lab.cut('h1', 'server')
    await writeFile(join(lab.dir, 'lab.json'), 'not json')
    await removeLab(lab.dir, runtime)
    await assertNothingLeft(lab.dir)
    await removeLab(lab.dir, runtime)
    assert.ok(existsSync(lab.sharedDir!), 'the shared directory is not the lab’s to remove')
    await assert.rejects(openLab(lab.dir), { code: 'lab.none' })
  })
})

describe('a lab whose creator is killed', { skip }, () => {
  for (const delay of [250, 600, 1000]) {
    test(`after ${delay} ms is removed completely`, async () => {
      const work = await mkdtemp(join(tmpdir(), 'alto-lab-test-'))
      const dir = join(work, 'lab')
      try {
        const main = join(import.meta.dirname, '../src/main.ts')
        const argv = [main, 'up', '--data-dir', dir, '--hosts', '2', '--shared', join(work, 'shared')]
        const creator = spawn(process.execPath, argv, { stdio: 'ignore' })
        const ended = new Promise((resolve) => creator.on('close', resolve))
        await runtime.sleep(delay)
        creator.kill('SIGKILL')
        await ended
        await removeLab(dir, runtime)
        await assertNothingLeft(dir)
      } finally {
        await removeLab(dir, runtime)
        await rm(work, { recursive: true, force: true })
      }
    })
  }
})

describe('a lab whose storage goes through FUSE', { skip }, () => {
  test('a cut from storage hangs reads until it is healed, and a power cut ends even those who wait', async () => {
    const work = await mkdtemp(join(tmpdir(), 'alto-lab-test-'))
    try {
      const options = { dir: join(work, 'lab'), shared: join(work, 'shared'), sharedVia: 'fuse', hosts: 1 } as const
      const lab = await createLab({ ...options, runtime })
      const host = lab.host('h1')
      const list = (): Promise<ExecResult> => host.exec(['timeout', '-s', 'KILL', '2', 'ls', '/mnt/shared'])
      assert.equal((await list()).code, 0)
      await lab.cut('h1', 'storage')
      const waiting = host.exec(['ls', '/mnt/shared'])
      assert.equal(
        await Promise.race([waiting.then(() => 'answered'), runtime.sleep(1500).then(() => 'hangs')]),
        'hangs',
      )
      assert.match(await banner(host.ip), /^SSH-/)
      await lab.heal()
      assert.equal((await waiting).code, 0)
      await lab.cut('h1', 'storage')
      const lost = host.exec(['ls', '/mnt/shared'])
      await runtime.sleep(200)
      await host.powerCut()
      assert.notEqual((await lost).code, 0)
      await host.start()
      await host.waitReady()
      assert.equal((await list()).code, 0)
      await lab.down()
      await assertNothingLeft(join(work, 'lab'))
    } finally {
      await removeLab(join(work, 'lab'), runtime)
      await rm(work, { recursive: true, force: true })
    }
  })
})

async function whyNot(): Promise<string | false> {
  if (process.getuid?.() !== 0) return 'a lab needs root'
  const missing = await missingPackages([...labPackages, ...guestImagePackages])
  return missing.length === 0 ? false : `Debian packages are missing: ${missing.join(' ')}`
}

async function assertNothingLeft(dir: string): Promise<void> {
  const id = labId(dir)
  const names = labNames(id)
  assert.equal(existsSync(dir), false, 'the directory is gone')
  assert.equal((await readFile('/proc/self/mountinfo', 'utf8')).includes(dir), false, 'no mount is left')
  assert.equal(await linkExists(names.bridge), false, 'no bridge is left')
  for (const host of ['h1', 'h2']) {
    assert.equal(await linkExists(cableName(id, host)), false, 'no cable is left')
    assert.equal(leaderPid(machineName(id, host)), undefined, 'no process is left')
  }
  assert.equal((await execute(['nft', 'list', 'tables'])).stdout.includes(names.nftTable), false, 'no cut is left')
  assert.equal(
    (await execute(['find', '/run/systemd/nspawn', '-name', `*${id}-*`])).stdout,
    '',
    'nothing is left in /run',
  )
  const cgroups = await execute(['find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', `altolab-${id}-*`])
  assert.equal(cgroups.stdout, '', 'no cgroup is left')
}

const onePing = ['-n', '-q', '-c', '1', '-W', '1'] as const

async function ping(program: Argv, address: string): Promise<boolean> {
  return (await execute([...program, ...onePing, address] as unknown as Argv)).code === 0
}

function icmpReceived(snmp: string): number {
  return Number(
    snmp
      .split('\n')
      .filter((line) => line.startsWith('Icmp:'))[1]!
      .split(' ')[1],
  )
}

async function until(holds: () => Promise<boolean>, timeoutMs: number, what: string): Promise<void> {
  const end = runtime.monotonic() + timeoutMs
  while (!(await holds())) {
    assert.ok(runtime.monotonic() < end, `within ${timeoutMs / 1000} s: ${what}`)
    await runtime.sleep(200)
  }
}

function ticksOf(lines: readonly string[]): readonly number[] {
  return lines.filter((line) => line.startsWith('TICK ')).map((line) => Number(line.split(' ')[1]))
}

function banner(ip: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: ip, port: 22, timeout: 1000 })
    const end = (text: string): void => {
      socket.destroy()
      resolve(text)
    }
    socket.on('data', (data: Buffer) => end(data.toString()))
    socket.on('timeout', () => end(''))
    socket.on('error', () => end(''))
  })
}

function connects(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: ip, port, timeout: 1000 })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => end(true))
    socket.on('timeout', () => end(false))
    socket.on('error', () => end(false))
  })
}

async function ssh(
  user: string,
  ip: string,
  login: { readonly key: string } | { readonly password: string },
  command: string,
): Promise<ExecResult> {
  const quiet = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'ConnectTimeout=10']
  const options = quiet.flatMap((option) => ['-o', option])
  const target = [...options, `${user}@${ip}`, command]
  if ('key' in login) return execute(['ssh', '-i', login.key, '-o', 'BatchMode=yes', ...target])
  const dir = await mkdtemp(join(tmpdir(), 'alto-lab-askpass-'))
  try {
    // OpenSSH asks this program for the password when it is told never to use a terminal.
    const asked = join(dir, 'askpass')
    await mkdir(dir, { recursive: true })
    await writeFile(asked, '#!/bin/sh\nprintf "%s\\n" "$LAB_PASSWORD"\n')
    await chmod(asked, 0o700)
    const env = { SSH_ASKPASS: asked, SSH_ASKPASS_REQUIRE: 'force', LAB_PASSWORD: login.password }
    const only = ['-o', 'PubkeyAuthentication=no', '-o', 'NumberOfPasswordPrompts=1']
    return await execute(['ssh', ...only, ...target], { env })
  } finally {
    await rm(dir, { recursive: true })
  }
}
