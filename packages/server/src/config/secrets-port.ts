/** Seals what may not stand readable in the database, with a key that is kept outside of it. */
export type Secrets = {
  /** Authenticated encryption, base64 text; `purpose` is bound to the ciphertext (e.g. `user.secret_key`). */
  readonly seal: (purpose: string, clear: string) => string
  /** Throws Bug when the text was altered, or sealed for another purpose or by another key. */
  readonly open: (purpose: string, sealed: string) => string
}
