import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrationOutcome, type SideView } from './migration-outcome.ts'

function side(state: 'running' | 'paused' | 'absent' | 'incoming' | 'outgoing', ended?: string): SideView {
  if (state === 'absent') return { present: false, ...(ended === undefined ? {} : { ended }) }
  const domain: NonNullable<NonNullable<SideView>['domain']> = {
    ...{ instanceName: 'i', uuid: 'u', power: 'PowerOn', reason: '', generation: 1 },
    migrating: state === 'incoming' || state === 'outgoing' ? state : 'none',
    state: state === 'running' || state === 'outgoing' ? 'running' : 'paused',
  }
  return { present: true, domain }
}

test('with shared disks the two sides decide together', () => {
  const table: [SideView, SideView, string][] = [
    [side('running'), side('incoming'), 'stayed'],
    [side('running'), side('absent'), 'stayed'],
    [side('paused'), side('running'), 'moved'],
    [side('paused'), side('paused'), 'both-paused'],
    [side('absent'), side('running'), 'moved'],
    [side('absent'), side('paused'), 'moved'],
    [side('absent'), side('absent'), 'gone'],
    [side('running'), side('running'), 'unknown'],
    [side('outgoing'), side('incoming'), 'unknown'],
    [undefined, side('running'), 'unknown'],
    [side('running'), undefined, 'unknown'],
  ]
  for (const [source, destination, outcome] of table) {
    assert.equal(migrationOutcome(source, destination), outcome)
  }
})

test('where disks go along, an absent source counts as handed over only if its libvirt has kept that', () => {
  const table: [SideView, SideView, string][] = [
    [side('absent', 'migrated'), side('running'), 'moved'],
    [side('absent'), side('running'), 'moved'],
    [side('absent', 'migrated'), side('paused'), 'moved'],
    [side('absent'), side('incoming'), 'cut'],
    [side('absent', 'crashed'), side('paused'), 'cut'],
    [side('absent', 'migrated'), side('absent', 'shutdown'), 'gone-there'],
    [side('absent', 'shutdown'), side('absent', 'failed'), 'gone'],
    [side('absent'), side('absent'), 'gone'],
    [side('running'), side('incoming'), 'stayed'],
    [side('paused'), side('running'), 'moved'],
    [side('absent', 'migrated'), undefined, 'unknown'],
  ]
  for (const [source, destination, outcome] of table) {
    assert.equal(migrationOutcome(source, destination, true), outcome)
  }
})
