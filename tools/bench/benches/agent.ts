import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { guardTable } from '@altostack/agent-api'
import { agentPaths } from '../../../packages/agent/src/paths.ts'
import { openSettings } from '../../../packages/agent/src/properties/settings.ts'
import { cannotRun, startLibvirtd } from '../../../packages/libvirt/tests/libvirtd.ts'
import { atEnd } from '../at-end.ts'
import type { Bench } from '../bench.ts'
import { addBenchCluster, createBenchZone, hostsUp, makeTokens } from '../bench-zone.ts'
import { startManagementServer } from '../management-server.ts'
import { processorMs, residentMb } from '../process-cost.ts'

const run = promisify(execFile)

/** The agent as its Debian package ships it, over a real libvirtd of its own, joined by a token and Up. */
export const bench: Bench = async ({ quick }) => {
  const title = 'Agent'
  const reason = cannotRun()
  if (reason !== false) return { title, rows: [], skipped: reason }
  const root = mkdtempSync(join(tmpdir(), 'alto-agent-'))
  const bridge = `altob${process.pid % 100_000}`
  const server = await startManagementServer()
  const daemon = await startLibvirtd()
  let agent: ChildProcess | undefined
  const forget = atEnd(() => {
    agent?.kill('SIGKILL')
    void daemon.stop()
    removeNetwork(root, bridge)
    rmSync(root, { recursive: true, force: true })
  })
  try {
    await run('ip', ['link', 'add', bridge, 'type', 'bridge'])
    await run('ip', ['address', 'add', `10.253.${process.pid % 250}.1/24`, 'dev', bridge])
    await run('ip', ['link', 'set', bridge, 'up'])
    const paths = agentPaths({ root })
    mkdirSync(join(root, 'etc/cloudstack/agent'), { recursive: true })
    openSettings(paths.config).set({
      'hypervisor.uri': `qemu+unix:///system?socket=${daemon.socket}`,
      'private.network.device': bridge,
      'guest.network.device': bridge,
      'alto.libvirt.tls': 'false',
      'host.reserved.mem.mb': '256',
    })
    await server.client.get('updateConfiguration', { name: 'alto.kvm.emulation.allowed', value: 'true' })
    const zone = await createBenchZone(server.client)
    const cluster = await addBenchCluster(server.client, zone, 'cluster1', 'KVM')
    const [made] = await makeTokens(server.client, cluster, 1)
    const program = await unpackAgent(root)
    const token = JSON.parse(Buffer.from(made ?? '', 'base64url').toString()) as object
    // The machine's other addresses may be another server's.
    const here = { ...token, servers: [server.agentAddress] }
    await run(program, ['join', Buffer.from(JSON.stringify(here)).toString('base64url'), '--root', root])
    openSettings(paths.config).set({ host: server.agentAddress })
    const log = openSync(join(root, 'stderr.log'), 'a')
    // As the unit of systemd starts it.
    const env = { ...process.env, NODE_NO_WARNINGS: '1', UV_THREADPOOL_SIZE: '8' }
    agent = spawn(program, ['run', '--root', root], { stdio: ['ignore', log, log], env })
    const pid = agent.pid ?? 0
    const upMs = await hostsUp(server.client, 1, 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${readFileSync(paths.log, 'utf8').slice(-3000)}`)
    })
    await sleep(quick ? 1000 : 30_000)
    return {
      title,
      rows: [
        {
          what: 'memory of the agent',
          value: residentMb(pid),
          unit: 'MB',
          aim: { most: 130 },
          detail: `${quick ? 1 : 30} s after it was Up; processor time so far ${processorMs(pid)} ms`,
        },
        { what: 'from the spawn of the agent until its host is Up', value: Math.round(upMs), unit: 'ms' },
      ],
      notes: ['The host has no guests. libvirtd is a process of its own and is not counted.'],
    }
  } finally {
    forget()
    if (agent !== undefined && agent.exitCode === null && agent.signalCode === null) {
      const ended = once(agent, 'exit')
      agent.kill('SIGKILL')
      await ended
    }
    await daemon.stop()
    await server.stop()
    removeNetwork(root, bridge)
    rmSync(root, { recursive: true, force: true })
  }
}

/**
 * The bridge, and what an agent keeps in the machine's network while it is away: the guard of its ports, which lets nobody
 * but its own server reach 8250 of this machine, and its tables for guests.
 */
function removeNetwork(root: string, bridge: string): void {
  spawnSync('ip', ['link', 'delete', bridge])
  const hostUuid = openSettings(agentPaths({ root }).config).get('guid')
  if (hostUuid === undefined) return
  const id = hostUuid.slice(0, 8)
  for (const table of [
    ['inet', guardTable(hostUuid)],
    ['inet', `alto_${id}`],
    ['bridge', `alto_${id}`],
  ])
    spawnSync('nft', ['delete', 'table', ...table], { stdio: 'ignore' })
  spawnSync('ip', ['netns', 'delete', `alto-${id}-${bridge}`], { stdio: 'ignore' })
}

async function unpackAgent(root: string): Promise<string> {
  const { buildDeb } = await import('../../../packaging/build-deb.ts')
  const tree = join(root, 'package')
  await run('dpkg-deb', ['-x', await buildDeb({ out: root }), tree])
  return join(tree, 'usr/bin/altostack-agent')
}
