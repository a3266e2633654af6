import assert from 'node:assert/strict'
import type { ApiCallError } from './test-server.ts'

/** For `assert.rejects`: the API's error code, and a text that matches. */
export function refused(code: number, pattern: RegExp): (error: ApiCallError) => true {
  return (error) => {
    assert.equal(error.errorcode, code, error.message)
    assert.match(error.message, pattern)
    return true
  }
}
