import type { JsonObject } from '@altostack/core'
import type { ParamRecord } from '@altostack/libvirt'

/** What a finished migration took; all times in ms, amounts in bytes; absent where libvirt did not say. */
export function migrationResult(stats: ParamRecord, elapsedMs: number): JsonObject {
  return {
    outcome: 'migrated',
    totalMs: number(stats.time_elapsed) ?? elapsedMs,
    downtimeMs: number(stats.downtime),
    setupMs: number(stats.setup_time),
    memoryTotalBytes: number(stats.memory_total),
    transferredBytes: number(stats.memory_processed),
    iterations: number(stats.memory_iteration),
    ...(number(stats.disk_total) ? { diskTotalBytes: number(stats.disk_total) } : {}),
  }
}

/** Progress for pollers: how much memory, and of the disks that go along, is left and how fast it goes. */
export function migrationProgress(stats: ParamRecord): JsonObject {
  return {
    elapsedMs: number(stats.time_elapsed),
    memoryTotalBytes: number(stats.memory_total),
    memoryRemainingBytes: number(stats.memory_remaining),
    transferredBytes: number(stats.memory_processed),
    bytesPerSecond: number(stats.memory_bps),
    dirtyBytesPerSecond: dirtyRate(stats),
    iterations: number(stats.memory_iteration),
    ...(number(stats.disk_total)
      ? { diskTotalBytes: number(stats.disk_total), diskRemainingBytes: number(stats.disk_remaining) }
      : {}),
  }
}

function dirtyRate(stats: ParamRecord): number | undefined {
  const pages = number(stats.memory_dirty_rate)
  return pages === undefined ? undefined : pages * (number(stats.memory_page_size) ?? 4096)
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
