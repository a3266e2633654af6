const secretWord =
  '[\\w.-]*(?:pass(?:word|wd|phrase)?|secret|token|api[._-]?key|signature|credential|private[._-]?key|chap|sessionkey)[\\w.-]*'
const removed = '[removed]'

const rules: readonly (readonly [RegExp, string | ((...found: string[]) => string)])[] = [
  // Keys and certificates, whole.
  [/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?(?:-----END \1-----|$)/g, (_all, kind = '') => `[removed: ${kind}]`],
  // user:password@ of URLs.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@/gi, `$1${removed}@`],
  // "password": "x", \"password\":\"x\" (JSON inside of JSON), password: 'x'.
  [
    new RegExp(
      `(\\\\?["']?${secretWord}\\\\?["']?\\s*[:=]\\s*)(\\\\?")((?:[^"\\\\]|\\\\(?!")[\\s\\S])*)(\\\\?")`,
      'gi',
    ),
    `$1$2${removed}$4`,
  ],
  [new RegExp(`(["']?${secretWord}["']?\\s*[:=]\\s*)'[^'\\n]*'`, 'gi'), `$1'${removed}'`],
  // password=x, password: x.
  [new RegExp(`(["']?${secretWord}["']?\\s*[:=]\\s*)(?!["'\\\\[])[^\\s,;&"'<>]+`, 'gi'), `$1${removed}`],
  // --password x, -p is not told from others.
  [new RegExp(`(--?${secretWord})\\s+(?!\\[)\\S+`, 'gi'), `$1 ${removed}`],
  // Authorization: Bearer x; Cookie: x.
  [/((?:authorization|cookie)\s*:\s*).+/gi, `$1${removed}`],
  // Join tokens and their like: long words that are nobody's name. Fingerprints (64 hex digits) are shorter.
  [/\b[A-Za-z0-9_-]{100,}\b/g, removed],
]

/** A text without secrets, for eyes outside. Too much is removed rather than too little. */
export function redact(text: string): string {
  return rules.reduce((left, [pattern, by]) => left.replace(pattern, by as string), text)
}
