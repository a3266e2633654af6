import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const server = 'packages/server/src/'
/** Folders that serve every command: what they read of an input says nothing about one command. */
const shared = ['command/', 'config/config', 'db/', 'event/feed', 'http/', 'log/'].map((folder) => server + folder)

/** The text of a handler's file and of what it imports from the areas, by path. */
export function sourcesOf(handlerFile: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const queue = [handlerFile]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file) || !file.startsWith(server)) continue
    if (shared.some((folder) => file?.startsWith(folder))) continue
    const text = readFileSync(file, 'utf8')
    found.set(file, text)
    for (const [, path = ''] of text.matchAll(/from '(\.[^']+\.ts)'/g)) queue.push(join(dirname(file), path))
  }
  return found
}

/** Parameters that the kernel resolves for a list handler that takes what they come to. */
const throughScope = ['account', 'domainid', 'listall', 'isrecursive']
const throughPage = ['page', 'pagesize']

/** A list that extends another one hands the whole call on to it. */
function withBase(handlerFile: string, sources: ReadonlyMap<string, string>): string {
  const own = sources.get(handlerFile) ?? ''
  if (!own.includes('defineExtendedList(')) return own
  const [, base = ''] = /import \{ handler as \w+ \} from '\.\/(\w+\.ts)'/.exec(own) ?? []
  return own + (sources.get(join(dirname(handlerFile), base)) ?? '')
}

/**
 * Whether a handler reads a parameter: `input.name` or `entities.name` in its own file or its area (`credentials` and
 * other names of an input that was handed on count too), a destructuring of one, or the kernel's `scope` and `page`.
 * A name that merely occurs somewhere does not count.
 */
export function readsParameter(handlerFile: string, sources: ReadonlyMap<string, string>, name: string): boolean {
  const area = handlerFile.slice(0, handlerFile.indexOf('/', server.length) + 1)
  const own = withBase(handlerFile, sources)
  if (throughPage.includes(name) && /\bpage\b/.test(own)) return true
  if (throughScope.includes(name) && /\bscope\b/.test(own)) return true
  const holder = '(?:call\\.)?(?:input|entities|credentials|filters?|given|wanted|asked|changes)'
  const forms = [
    new RegExp(`\\b${holder}\\??\\.${name}\\b`),
    new RegExp(`\\b${holder}\\[['"]${name}['"]\\]`),
    new RegExp(`\\{[^{}]*\\b${name}\\b[^{}]*\\}\\s*(?::\\s*[A-Za-z<>'" ]+)?=\\s*${holder}\\b`),
    new RegExp(`\\b(?:input|entities):\\s*\\{[^{}]*\\b${name}\\b[^{}]*\\}`),
    new RegExp(`\\{[^{}]*\\b${name}\\b[^{}]*\\}:\\s*(?:Credentials|\\w+Input|Input<|ScopeEntities)\\b`),
  ]
  for (const [file, text] of sources) {
    if (file !== handlerFile && !file.startsWith(area)) continue
    if (forms.some((form) => form.test(text))) return true
  }
  return false
}
