import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { domainEvents } from './events.ts'
import { DomainEventID, DomainState } from './generated/enums.ts'
import { ErrorDomain, ErrorNumber } from './generated/errors.ts'
import { eventMessages, procedures, programs } from './generated/procedures.ts'

/** Calls and events of one program, by number. */
function numbersOf(program: keyof typeof programs): number[] {
  const all = [...Object.values(procedures), ...Object.values(eventMessages)]
  return all.flatMap((entry) => (entry.program === program ? [entry.number] : [])).sort((a, b) => a - b)
}

describe('the tables made from the protocol files', () => {
  it('cover every procedure number of libvirt 9.0 without a gap', () => {
    const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)
    assert.deepEqual(numbersOf('remote'), upTo(443))
    assert.deepEqual(numbersOf('qemu'), upTo(7))
    assert.deepEqual(numbersOf('lxc'), upTo(1))
    assert.deepEqual([programs.remote.id, programs.qemu.id, programs.lxc.id], [0x20008086, 0x20008087, 0x68000])
  })

  it('know priority, stream, reading and file descriptors of a procedure', () => {
    const { domainScreenshot, domainGetInfo, domainDestroyFlags, storageVolUpload, domainOpenGraphicsFd } = procedures
    assert.deepEqual(
      [domainScreenshot.stream, storageVolUpload.stream, domainGetInfo.stream],
      ['read', 'write', 'none'],
    )
    assert.deepEqual([domainGetInfo.readOnly, domainDestroyFlags.readOnly], [true, false])
    assert.deepEqual([domainDestroyFlags.priority, procedures.domainSuspend.priority], ['high', 'low'])
    assert.deepEqual([domainOpenGraphicsFd.passesFds, domainGetInfo.passesFds], [true, false])
    for (const [name, procedure] of Object.entries(procedures)) assert.equal(procedure.name, name)
  })

  it('hold the numbers of errors and states', () => {
    assert.deepEqual([ErrorNumber.NO_DOMAIN, ErrorNumber.OPERATION_INVALID, ErrorNumber.RPC], [42, 55, 39])
    assert.deepEqual([ErrorDomain.QEMU, ErrorDomain.RPC], [10, 7])
    assert.deepEqual([DomainState.RUNNING, DomainState.PAUSED, DomainState.SHUTOFF], [1, 3, 5])
  })

  it('name every domain event', () => {
    const ids = Object.values(domainEvents).map((event) => event.id)
    assert.deepEqual(
      [...ids].sort((a, b) => a - b),
      Object.values(DomainEventID).sort((a, b) => a - b),
    )
    for (const { message } of Object.values(domainEvents)) assert.ok(eventMessages[message], message)
  })
})
