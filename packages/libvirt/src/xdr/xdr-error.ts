/** What an XDR value got wrong. Stable: callers may switch on it. */
export type XdrErrorCode =
  | 'truncated'
  | 'trailing-bytes'
  | 'too-long'
  | 'bad-padding'
  | 'bad-boolean'
  | 'bad-utf8'
  | 'bad-string'
  | 'bad-discriminant'
  | 'bad-uuid'
  | 'bad-value'
  | 'message-too-large'

/** Bytes that are no value of the type, or a value that the type cannot hold. `offset` counts bytes from the payload's start. */
export class XdrError extends Error {
  override readonly name = 'XdrError'
  readonly code: XdrErrorCode
  readonly offset: number

  constructor(code: XdrErrorCode, message: string, offset: number) {
    super(`${message} (at byte ${offset})`)
    this.code = code
    this.offset = offset
  }
}
