/**
 * libvirt calls per second on a private real libvirtd with one paused guest, one after the other and pipelined, and the same
 * question asked by spawning virsh. Prints one JSON object. Needs root and the packages that the tests need.
 *
 *   node packages/libvirt/bench/calls.ts [seconds per measure, default 2]
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { connectLibvirt, DomainCreateFlags } from '../src/index.ts'
import { guestXml } from '../tests/guest.ts'
import { cannotRun, startLibvirtd } from '../tests/libvirtd.ts'

export interface Rate {
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
}

export interface CallBenchmark {
  readonly machine: string
  readonly versions: { readonly libvirt: number; readonly node: string }
  readonly sequential: Record<string, Rate>
  readonly pipelined: Record<string, Rate>
  /** Absent where virsh is not installed. */
  readonly virshSpawn?: Rate
}

/** Runs `width` loops of `call` side by side for `seconds`. */
async function measure(call: () => Promise<unknown>, width: number, seconds: number): Promise<Rate> {
  const times: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  async function loop(): Promise<void> {
    while (performance.now() < end) {
      const before = performance.now()
      await call()
      times.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: width }, loop))
  const took = performance.now() - start
  times.sort((a, b) => a - b)
  const us = (share: number): number => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 1000)
  return { perSecond: Math.round(times.length / (took / 1000)), p50Us: us(0.5), p99Us: us(0.99) }
}

export async function benchmarkCalls(seconds = 2): Promise<CallBenchmark> {
  const daemon = await startLibvirtd({ ownNetwork: true })
  try {
    const client = await connectLibvirt({ socket: daemon.socket, reconnect: false })
    const guest = await client.domain.createXml(guestXml({ name: 'guest' }), DomainCreateFlags.PAUSED)
    const libvirt = await client.host.getLibVersion()
    const calls = {
      getLibVersion: () => client.host.getLibVersion(),
      domainGetState: () => client.domain.getState(guest),
      domainGetXmlDesc: () => client.domain.getXmlDesc(guest),
      getAllDomainStats: () => client.host.getAllDomainStats(),
    }
    const sequential: Record<string, Rate> = {}
    const pipelined: Record<string, Rate> = {}
    for (const [name, call] of Object.entries(calls)) {
      await measure(call, 1, 0.2)
      sequential[name] = await measure(call, 1, seconds)
      pipelined[name] = await measure(call, 64, seconds)
    }
    const run = promisify(execFile)
    const uri = `qemu+unix:///system?socket=${daemon.socket}`
    const virsh = (): Promise<unknown> => run('virsh', ['--connect', uri, 'domstate', guest.uuid])
    const peer = existsSync('/usr/bin/virsh') ? { virshSpawn: await measure(virsh, 1, seconds) } : {}
    await client.close()
    const { model } = cpus()[0] ?? { model: 'unknown' }
    const machine = `${cpus().length} x ${model.trim()}`
    return { machine, versions: { libvirt, node: process.version }, sequential, pipelined, ...peer }
  } finally {
    await daemon.stop()
  }
}

if (import.meta.main) {
  const reason = cannotRun()
  const result = reason === false ? await benchmarkCalls(Number(process.argv[2] ?? 2)) : { skipped: reason }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
}
