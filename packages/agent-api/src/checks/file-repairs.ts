import type { CheckSubject } from './check-subject.ts'
import { command, defineRepair, type RepairChange, replaceFileScript, script } from './define-repair.ts'
import { modeRules, readModes, readModesScript, rightMode } from './file-modes.ts'

type WrongMode = {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly right: number
  readonly chown: boolean
}

function wrongModes(state: string, subject: CheckSubject): WrongMode[] {
  const rules = modeRules(subject)
  return readModes(state).flatMap((file) => {
    const rule = rules.find(({ path }) => path === file.path)
    if (rule === undefined) return []
    const right = rightMode(file.mode, rule)
    const chown = rule.ofRoot && file.uid !== 0
    return right === file.mode && !chown ? [] : [{ ...file, right, chown }]
  })
}

export const fileModesRepair = defineRepair({
  name: 'file-modes',
  does: 'chmod and chown of the paths that check file-modes names.',
  safe: true,
  restorable: true,
  read: (subject) =>
    script(
      readModesScript,
      modeRules(subject).map(({ path }) => path),
    ),
  plan: (state, subject) =>
    wrongModes(state, subject).map(
      (file): RepairChange => ({
        what: file.path,
        before: `${file.mode.toString(8)}${file.chown ? ` of user ${file.uid}` : ''}`,
        after: `${file.right.toString(8)}${file.chown ? ' of root' : ''}`,
      }),
    ),
  apply: (state, subject) =>
    wrongModes(state, subject).flatMap((file) => [
      ...(file.chown ? [command(['chown', '0', file.path])] : []),
      command(['chmod', file.right.toString(8), file.path]),
    ]),
  restore: (state, subject) =>
    wrongModes(state, subject).flatMap((file) => [
      command(['chmod', file.mode.toString(8), file.path]),
      ...(file.chown ? [command(['chown', String(file.uid), file.path])] : []),
    ]),
})

/** Host name, the address that is known for it, then /etc/hosts. */
const readHosts = 'hostname; cat /etc/hosts'

export const ownNameRepair = defineRepair({
  name: 'own-name',
  does: "Writes the host's own name and address into /etc/hosts.",
  safe: true,
  restorable: true,
  read: () => script(readHosts),
  plan: (state, subject) => {
    const line = ownLine(state, subject)
    return line === undefined ? [] : [{ what: '/etc/hosts', before: 'no line for the own name', after: line }]
  },
  apply: (state, subject) => {
    const line = ownLine(state, subject)
    if (line === undefined) return []
    const { text } = splitHosts(state)
    return [script(replaceFileScript, ['/etc/hosts'], `${text.replace(/\n*$/, '\n')}${line}\n`)]
  },
  restore: (state, subject) =>
    ownLine(state, subject) === undefined ? [] : [script(replaceFileScript, ['/etc/hosts'], splitHosts(state).text)],
})

function splitHosts(state: string): { name: string; text: string } {
  const end = state.indexOf('\n')
  return { name: state.slice(0, end).trim(), text: state.slice(end + 1) }
}

function ownLine(state: string, { address }: CheckSubject): string | undefined {
  const { name, text } = splitHosts(state)
  if (address === undefined || name === '') return undefined
  const there = text.split('\n').some((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(name))
  return there ? undefined : `${address} ${name}`
}

const setHost =
  'if grep -q "^ *host *=" "$1"; then sed -i "s|^ *host *=.*|host=$2|" "$1"; else echo "host=$2" >> "$1"; fi'

export const agentSettingsRepair = defineRepair({
  name: 'agent-settings',
  does: 'Writes the management servers into agent.properties (host=) and restarts the agent.',
  safe: true,
  restorable: true,
  sshOnly: true,
  read: ({ files }) => script('grep -E "^ *host *=" "$1"; true', [files.config]),
  plan: (state, subject) => {
    const [before, after] = [hostLine(state), serverList(subject)]
    return after === '' || before === after ? [] : [{ what: `${subject.files.config} host=`, before, after }]
  },
  apply: (_state, subject) => [
    script(setHost, [subject.files.config, serverList(subject)]),
    command(['systemctl', 'restart', 'altostack-agent.service'], { timeoutMs: 30_000 }),
  ],
  restore: (state, subject) => [
    script(setHost, [subject.files.config, hostLine(state)]),
    command(['systemctl', 'restart', 'altostack-agent.service'], { timeoutMs: 30_000 }),
  ],
})

function hostLine(state: string): string {
  return /^ *host *=(.*)$/m.exec(state)?.[1]?.trim() ?? ''
}

/** The servers as agent.properties lists them; addresses alone, never what sed would read. */
function serverList({ servers }: CheckSubject): string {
  return servers
    .filter(({ host }) => /^[A-Za-z0-9.:-]+$/.test(host))
    .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
    .join(',')
}

const readKeys =
  'home=$(getent passwd "$1" | cut -d: -f6); echo "$home"; systemctl is-active ssh sshd | head -n 1; cat "$home/.ssh/authorized_keys" 2>/dev/null; true'
const writeKeys =
  'home=$(getent passwd "$1" | cut -d: -f6); group=$(id -g "$1"); test -n "$home" || exit 1; umask 077; mkdir -p "$home/.ssh"; ' +
  'cat > "$home/.ssh/authorized_keys.altostack" && mv -f "$home/.ssh/authorized_keys.altostack" "$home/.ssh/authorized_keys"; ' +
  'chown "$1:$group" "$home/.ssh" "$home/.ssh/authorized_keys"'

export const sshKeyRepair = defineRepair({
  name: 'ssh-key',
  does: "Puts the server's public key into authorized_keys and starts sshd.",
  safe: true,
  restorable: true,
  read: (subject) => script(readKeys, [subject.sshUser ?? 'root']),
  plan: (state, subject) => {
    const { active, keys } = splitKeys(state)
    const lacks = subject.serverKey !== undefined && !hasKey(keys, subject.serverKey)
    return [
      ...(active ? [] : [{ what: 'sshd', before: 'does not run', after: 'runs' }]),
      ...(lacks
        ? [
            {
              what: `authorized_keys of ${subject.sshUser ?? 'root'}`,
              before: "without the server's key",
              after: 'with it',
            },
          ]
        : []),
    ]
  },
  apply: (state, subject) => {
    const { active, keys } = splitKeys(state)
    const key = subject.serverKey
    return [
      ...(key === undefined || hasKey(keys, key)
        ? []
        : [script(writeKeys, [subject.sshUser ?? 'root'], `${keys.replace(/\n*$/, keys === '' ? '' : '\n')}${key}\n`)]),
      ...(active ? [] : [command(['sh', '-c', 'systemctl start ssh || systemctl start sshd'])]),
    ]
  },
  restore: (state, subject) => [
    script(writeKeys, [subject.sshUser ?? 'root'], splitKeys(state).keys),
    ...(splitKeys(state).active ? [] : [command(['sh', '-c', 'systemctl stop ssh || systemctl stop sshd'])]),
  ],
})

function splitKeys(state: string): { active: boolean; keys: string } {
  const [, active = '', ...keys] = state.split('\n')
  return { active: active.trim() === 'active', keys: keys.join('\n') }
}

/** The same key, whatever comment stands behind it. */
export function hasKey(text: string, key: string): boolean {
  const [kind = '', body = ''] = key.trim().split(/\s+/)
  return text.split('\n').some((line) => !line.startsWith('#') && line.includes(`${kind} ${body}`))
}
