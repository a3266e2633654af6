import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineWorkflow } from './define-workflow.ts'

type Ctx = { readonly hosts: { claim: (key: string) => Promise<string> } }

test('outputs are typed by step name; a conditional step may be missing', () => {
  const workflow = defineWorkflow<Ctx, { readonly id: string; readonly big: boolean }>('thing.start')
    .transact('reserve', {
      do: async (tx, s) => {
        await tx.selectFrom('workflow_run').select('id').where('id', '=', s.input.id).execute()
        return { slot: 3 }
      },
      undo: async (_tx, s) => assert.equal(s.out.reserve.slot, 3),
    })
    .step('grow', { when: (s) => s.input.big, do: async (s) => ({ by: s.out.reserve.slot }) })
    .step('claim', {
      do: async (s) => {
        const by: number | undefined = s.out.grow?.by
        // @ts-expect-error a skipped step has no output
        s.out.grow.by
        // @ts-expect-error no such step
        s.out.nothing
        return { host: await s.ctx.hosts.claim(s.key), by: by ?? 0 }
      },
      undo: async (s) => {
        const host: string | undefined = s.out.claim?.host
        assert.notEqual(host, '')
        // @ts-expect-error the crash may have come before the output was saved
        s.out.claim.host
      },
      deadlineMs: 1000,
    })
    .onSucceeded(async (_tx, s) => assert.ok(s.out.claim.host))
    .onFailed(async (_tx, s, failure) => assert.ok(s.out.claim?.host ?? failure.message))
    .build()
  assert.deepEqual(
    workflow.steps.map((step) => [step.kind, step.name]),
    [
      ['transact', 'reserve'],
      ['effect', 'grow'],
      ['effect', 'claim'],
    ],
  )
  assert.ok(Object.isFrozen(workflow))
})

test('refuses names that cannot be stored safely', () => {
  const body = { do: async () => undefined }
  assert.throws(() => defineWorkflow('Thing'), /lower case/)
  assert.throws(() => defineWorkflow('a').step('Big', body), /lower case/)
  assert.throws(() => defineWorkflow('a').step('x', body).step('x', body), /two steps are called x/)
  assert.throws(() => defineWorkflow('a').step('x'.repeat(65), body), /at most 64/)
})

test('a stem can be shared: building on it changes neither', () => {
  const stem = defineWorkflow<null, null>('a').step('one', { do: async () => 1 })
  const left = stem.step('two', { do: async (s) => s.out.one + 1 }).build()
  const right = stem.step('three', { do: async () => 'x' }).build()
  assert.deepEqual([left.steps.length, right.steps.map((step) => step.name)], [2, ['one', 'three']])
})
