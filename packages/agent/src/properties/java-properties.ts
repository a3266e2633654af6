/** Reads java.util.Properties text: comments (# !), `=`, `:` or space between key and value, continuation lines, escapes. */
export function parseProperties(text: string): Map<string, string> {
  const entries = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const [key, value] = splitEntry(line)
    entries.set(decodeEscapes(key), decodeEscapes(value))
  }
  return entries
}

/**
 * The text with these keys set: known lines are changed in place, new keys go to the end, comments and order stay, so that
 * an operator's file keeps its shape. `undefined` removes a key.
 */
export function updateProperties(text: string, changes: Readonly<Record<string, string | undefined>>): string {
  const left = new Map(Object.entries(changes))
  const out: string[] = []
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    let whole = lines[at] as string
    const from = at
    while (!isComment(whole) && continues(whole) && at + 1 < lines.length)
      whole = whole.slice(0, -1) + lines[++at]?.trimStart()
    const trimmed = whole.trimStart()
    if (trimmed === '' || isComment(trimmed)) {
      out.push(...lines.slice(from, at + 1))
      continue
    }
    const key = decodeEscapes(splitEntry(trimmed)[0])
    if (!Object.hasOwn(changes, key)) {
      out.push(...lines.slice(from, at + 1))
      continue
    }
    const value = left.get(key)
    if (left.delete(key) && value !== undefined) out.push(entryLine(key, value))
  }
  for (const [key, value] of left) if (value !== undefined) out.push(entryLine(key, value))
  return out.length === 0 ? '' : out.join('\n') + '\n'
}

function logicalLines(text: string): string[] {
  const out: string[] = []
  let open: string | undefined
  for (const raw of text.split(/\r?\n|\r/)) {
    const line = raw.trimStart()
    if (open === undefined && (line === '' || isComment(line))) continue
    const whole = (open ?? '') + line
    if (continues(whole)) open = whole.slice(0, -1)
    else {
      out.push(whole)
      open = undefined
    }
  }
  if (open !== undefined) out.push(open)
  return out
}

function isComment(line: string): boolean {
  return /^\s*[#!]/.test(line)
}

/** An odd number of backslashes at the end joins the next line. */
function continues(line: string): boolean {
  return (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1
}

function splitEntry(line: string): [key: string, value: string] {
  let at = 0
  while (at < line.length && !/[=:\s]/.test(line[at] as string)) at += line[at] === '\\' ? 2 : 1
  const rest = line.slice(at).replace(/^\s*[=:]?\s*/, '')
  return [line.slice(0, at), rest]
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' }

function decodeEscapes(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  )
}

function entryLine(key: string, value: string): string {
  const line = (text: string): string =>
    text.replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c] as string)
  const escapedKey = line(key).replace(/[=:\s#!]/g, '\\$&')
  return `${escapedKey}=${line(value).replace(/^\s/, '\\$&')}`
}
