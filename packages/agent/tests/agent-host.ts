import 'reflect-metadata'
import { execFileSync } from 'node:child_process'
import { randomUUID, webcrypto } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GuestData, ParamsInput, Transport, VmSpec } from '@altostack/agent-api'
import { systemRuntime } from '@altostack/core'
import * as x509 from '@peculiar/x509'
import { type DaemonOptions, startLibvirtd, type TestDaemon } from '../../libvirt/tests/libvirtd.ts'
import { type Agent, startAgent } from '../src/agent.ts'
import { openLog, silentLog } from '../src/log.ts'
import { agentPaths, type Paths } from '../src/paths.ts'
import { openSettings } from '../src/properties/settings.ts'
import { writeIdentity } from '../src/trust/identity.ts'

export { cannotRun, run, until } from '../../libvirt/tests/libvirtd.ts'

/** A CA for tests that issues host certificates with our own code's algorithm. */
export type TestAuthority = {
  readonly ca: string
  issue(
    commonName: string,
    names: readonly x509.JsonGeneralName[],
    pair?: Partial<CryptoKeyPair>,
  ): Promise<{ certificate: string; key: string }>
}
type CryptoKeyPair = webcrypto.CryptoKeyPair
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

export async function makeAuthority(): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const day = 86_400_000
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test CA',
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 10 * day),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  return {
    ca: ca.toString('pem'),
    async issue(commonName, names, pair) {
      const own = pair ?? (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']))
      const leaf = await x509.X509CertificateGenerator.create({
        subject: [{ CN: [commonName] }],
        issuer: ca.subject,
        notBefore: new Date(Date.now() - day),
        notAfter: new Date(Date.now() + 5 * day),
        publicKey: own.publicKey as CryptoKeyPair['publicKey'],
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [new x509.SubjectAlternativeNameExtension([...names])],
      })
      const der =
        own.privateKey === undefined ? new ArrayBuffer(0) : await webcrypto.subtle.exportKey('pkcs8', own.privateKey)
      const base64 = Buffer.from(der).toString('base64')
      return {
        certificate: leaf.toString('pem'),
        key: `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`,
      }
    },
  }
}

export type AgentHost = {
  readonly dir: string
  readonly paths: Paths
  readonly hostUuid: string
  readonly bridge: string
  readonly daemon: TestDaemon
  readonly pool: { uuid: string; type: 'SharedMountPoint' | 'Filesystem'; path: string }
  agent: Agent
  restart(): Promise<void>
  /** Ends the agent here, so that a process of its own may take over; `resume` takes it back. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

const nowhere: Transport = () => Promise.reject(new Error('no server in this test'))

/** A real agent over a private libvirtd, a bridge and a pool directory of its own; nobody is connected to it. */
export async function startAgentHost(
  options: {
    readonly daemon?: DaemonOptions
    /** Lines for qemu.conf, given the daemon's directory. */
    readonly qemu?: readonly string[]
    readonly poolPath?: string
    readonly bridge?: string
    readonly transport?: Transport
    readonly settings?: Readonly<Record<string, string>>
    readonly authority?: TestAuthority
  } = {},
): Promise<AgentHost> {
  const dir = mkdtempSync(join(tmpdir(), 'alto-agent-'))
  const hostUuid = randomUUID()
  const bridge = `altot${hostUuid.slice(0, 6)}`
  const paths = agentPaths({ root: dir })
  const daemon = await startLibvirtd(options.daemon)
  if (options.qemu !== undefined) {
    appendFileSync(join(daemon.dir, 'etc/libvirt/qemu.conf'), [...options.qemu, ''].join('\n'))
    await daemon.kill()
    await daemon.start()
  }
  const octet = (at: number): number => (Number.parseInt(hostUuid.slice(at, at + 2), 16) % 250) + 1
  execFileSync('ip', ['link', 'add', bridge, 'type', 'bridge'])
  execFileSync('ip', ['addr', 'add', `10.${octet(0)}.${octet(2)}.1/24`, 'dev', bridge])
  execFileSync('ip', ['link', 'set', bridge, 'up'])
  const authority = options.authority ?? (await makeAuthority())
  const issued = await authority.issue(hostUuid, [{ type: 'ip', value: '127.0.0.1' }])
  mkdirSync(join(dir, 'pool'), { recursive: true })
  mkdirSync(join(dir, 'guests'), { recursive: true })
  writeIdentity(paths, { ...issued, ca: authority.ca })
  openSettings(paths.config).set({
    'hypervisor.uri': `qemu:///system?socket=${daemon.socket}`,
    'private.network.device': bridge,
    'alto.acceleration': 'tcg',
    'alto.libvirt.tls': 'false',
    'alto.machine.id': hostUuid.replaceAll('-', ''),
    'alto.guest.log.dir': join(dir, 'guests'),
    host: '127.0.0.1:1',
    ...options.settings,
  })
  const start = (): Promise<Agent> =>
    startAgent({
      paths,
      runtime: systemRuntime(),
      log: process.env.ALTO_AGENT_TEST_LOG === undefined ? silentLog() : openLog(process.env.ALTO_AGENT_TEST_LOG),
      transport: options.transport ?? nowhere,
    })
  const host: AgentHost = {
    dir,
    paths,
    hostUuid,
    bridge,
    daemon,
    pool: { uuid: randomUUID(), type: 'SharedMountPoint', path: options.poolPath ?? join(dir, 'pool') },
    agent: await start(),
    pause: () => host.agent.stop(),
    async resume() {
      host.agent = await start()
    },
    async restart() {
      await host.agent.stop()
      host.agent = await start()
    },
    async stop() {
      const { guestNetwork } = host.agent.context
      for (const one of guestNetwork.nics()) await guestNetwork.release(one.instanceName)
      await host.agent.stop()
      await daemon.stop()
      execFileSync('ip', ['link', 'del', bridge])
      rmSync(dir, { recursive: true, force: true })
    },
  }
  return host
}

let step = 0
/** Tokens of a run of their own, unless some are given. */
export function tokens(over: Partial<ParamsInput<'vm.start'>['tokens']> = {}): ParamsInput<'vm.start'>['tokens'] {
  const runId = over.runId ?? randomUUID()
  return { key: `${runId}/${++step}`, runEpoch: 1, hostIncarnation: 0, ...over, runId }
}

/** What a guest is told of itself. */
export function guestData(over: Partial<GuestData> = {}): GuestData {
  return {
    version: 1,
    instanceId: randomUUID(),
    hostName: 'guest',
    publicKeys: [],
    availabilityZone: 'zone1',
    serviceOffering: 'Tiny',
    cloudIdentifier: 'CloudStack-{}',
    ...over,
  }
}

/** A small guest on a blank disk of the pool. */
export function guestSpec(host: AgentHost, volumeUuid: string, over: Partial<VmSpec> = {}): VmSpec {
  return {
    instanceName: 'i-2-3-VM',
    uuid: randomUUID(),
    displayName: 'a <guest> & "more"',
    cpus: 1,
    cpuMhz: 500,
    limitCpu: false,
    memoryBytes: 32 * 2 ** 20,
    architecture: 'x86_64',
    bootMode: 'BIOS',
    disks: [{ volumeUuid, pool: host.pool, format: 'qcow2', deviceId: 0, bus: 'virtio', cache: 'none' }],
    nics: [],
    vncPassword: 'secret12',
    details: {},
    securityGroups: [],
    ...over,
  }
}
