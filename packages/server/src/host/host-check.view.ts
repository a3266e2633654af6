import { type CheckResult, findCheck, findRepair, type HostCheck } from '@altostack/agent-api'
import type {
  hostCheckResponse,
  hostCheckResultResponse,
  hostDiagnosisResponse,
  hostRepairResponse,
  ResponseValue,
} from '@altostack/api'
import * as core from '@altostack/core'
import type { Queries } from '../db/database.ts'
import { type HostRepairRow, hostNames } from './host-repair.repository.ts'

const fixes: core.ErrorCatalogue = { ...core.agentErrors, ...core.hostErrors, ...core.checkErrors }

/** A check as it is declared. */
export function hostCheckView(check: HostCheck): ResponseValue<typeof hostCheckResponse> {
  const repair = check.repair === undefined ? undefined : findRepair(check.repair)
  return {
    name: check.name,
    description: check.proves,
    code: check.code,
    fix: fixes[check.code]?.fix,
    seenby: check.seenBy,
    atjoin: check.at.includes('join'),
    atdoctor: check.at.includes('doctor'),
    repair: repair?.name,
    repairdescription: repair?.does,
    safe: repair?.safe,
    restorable: repair?.restorable,
  }
}

export function checkResultView(
  check: CheckResult & { readonly seenby?: string },
): ResponseValue<typeof hostCheckResultResponse> {
  const bad = check.status !== 'ok'
  return { ...check, ...(bad ? { repair: findCheck(check.name)?.repair } : {}) }
}

export function worstStatus(checks: readonly CheckResult[]): CheckResult['status'] {
  const has = (status: string): boolean => checks.some((check) => check.status === status)
  return has('fail') ? 'fail' : has('warn') ? 'warn' : 'ok'
}

export function diagnosisView(
  host: { readonly uuid: string; readonly name: string; readonly status: string },
  checks: readonly CheckResult[],
  milliseconds: number,
): ResponseValue<typeof hostDiagnosisResponse> {
  return {
    hostid: host.uuid,
    hostname: host.name,
    hoststate: host.status,
    status: worstStatus(checks),
    check: checks.map(checkResultView),
    milliseconds,
  }
}

export async function hostRepairViews(
  db: Queries,
  rows: readonly HostRepairRow[],
): Promise<ResponseValue<typeof hostRepairResponse>[]> {
  const hosts = await hostNames(db, [...new Set(rows.map((row) => row.host_id))])
  return rows.map((row) => ({
    id: row.uuid,
    hostid: hosts.get(row.host_id)?.uuid,
    hostname: hosts.get(row.host_id)?.name,
    repair: row.repair,
    check: row.check_name,
    state: row.state,
    restorable: isRestorable(row),
    change: JSON.parse(row.changes ?? '[]') as unknown,
    created: row.created,
    applied: row.applied,
    restored: row.restored,
  }))
}

export function isRestorable(row: HostRepairRow): boolean {
  return row.state !== 'Restored' && findRepair(row.repair)?.restorable === true
}
