import { readFileSync } from 'node:fs'

export type Mount = { readonly point: string; readonly type: string; readonly source: string; readonly options: string }

/** What is mounted at `point`, the topmost; undefined when nothing is. Reading the table never waits for a server. */
export function mountAt(point: string): Mount | undefined {
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')).findLast((mount) => mount.point === point)
}

/** Lines of /proc/self/mountinfo. */
export function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const [left, right] = line.split(' - ')
    const point = left?.split(' ')[4]
    const [type, source, options] = right?.split(' ') ?? []
    if (point === undefined || type === undefined || source === undefined) continue
    mounts.push({ point: octal(point), type, source: octal(source), options: options ?? '' })
  }
  return mounts
}

/** The kernel writes blanks, tabs, newlines and backslashes as octal numbers. */
function octal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
