import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlots } from './slots.ts'

test('no more than the limit at once, in the order of coming, and a raised limit lets more in', async () => {
  let limit = 2
  const slots = createSlots(() => limit)
  const entered: number[] = []
  const free = new Map<number, () => void>()
  for (const who of [1, 2, 3, 4, 5]) {
    void slots.take().then((give) => {
      entered.push(who)
      free.set(who, give)
    })
  }
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0))
  await turn()
  assert.deepEqual([entered, slots.busy(), slots.waiting()], [[1, 2], 2, 3])
  free.get(2)?.()
  free.get(2)?.()
  await turn()
  assert.deepEqual([entered, slots.busy()], [[1, 2, 3], 2], 'given back twice counts once')
  limit = 4
  free.get(1)?.()
  await turn()
  assert.deepEqual([entered, slots.busy(), slots.waiting()], [[1, 2, 3, 4, 5], 3, 0])
})

test('who gives up waiting is passed over', async () => {
  const slots = createSlots(() => 1)
  const give = await slots.take()
  const gone = new AbortController()
  const second = slots.take(gone.signal)
  const third = slots.take()
  gone.abort(new Error('no longer'))
  await assert.rejects(second, /no longer/)
  give()
  ;(await third)()
  assert.equal(slots.busy(), 0)
  await assert.rejects(slots.take(gone.signal), /no longer/)
})
