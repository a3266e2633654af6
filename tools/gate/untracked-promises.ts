/**
 * Loaded before each test file of the gate. Node's test runner follows every promise with async_hooks, to know which test an
 * error that nobody caught belongs to: a quarter of the time of tests that mostly wait for promises. Without that such an
 * error fails its file instead of its test.
 */
import hooks from 'node:async_hooks'

const { createHook } = hooks
// Only the runner's: it is the first to ask, when a test file imports node:test.
hooks.createHook = (callbacks) => {
  hooks.createHook = createHook
  return createHook({ ...callbacks, trackPromises: false } as Parameters<typeof createHook>[0])
}
