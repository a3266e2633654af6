import { benchmarkCalls, type CallBenchmark } from '../../../packages/libvirt/bench/calls.ts'
import { cannotRun } from '../../../packages/libvirt/tests/libvirtd.ts'
import type { Bench, Row } from '../bench.ts'
import { significant } from '../percentile.ts'

/** Calls on a private real libvirtd with one paused guest, beside spawning virsh for the same question. */
export const bench: Bench = async ({ quick }) => {
  const title = 'libvirt calls'
  const reason = cannotRun()
  if (reason !== false) return { title, rows: [], skipped: reason }
  const found: CallBenchmark = await benchmarkCalls(quick ? 0.2 : 3)
  const virsh = found.virshSpawn
  const rows = Object.entries(found.sequential).map(([name, one]): Row => {
    const many = found.pipelined[name]
    const against =
      virsh !== undefined && name === 'domainGetState'
        ? `; ${significant(one.perSecond / virsh.perSecond)} times virsh`
        : ''
    return {
      what: `${name}, one after the other`,
      value: one.perSecond,
      unit: 'a second',
      detail: `p50 ${one.p50Us} µs, p99 ${one.p99Us} µs; 64 at once: ${many?.perSecond ?? 0} a second${against}`,
    }
  })
  if (virsh !== undefined) {
    rows.push({
      what: 'virsh domstate, a process each (the peer)',
      value: virsh.perSecond,
      unit: 'a second',
      detail: `p50 ${virsh.p50Us} µs, p99 ${virsh.p99Us} µs`,
    })
  }
  return { title, rows, notes: [`libvirt ${found.versions.libvirt}, a private libvirtd over its unix socket.`] }
}
