import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { type AltoError, errorText, hostFailure, type Runtime } from '@altostack/core'
import type { Client, ClientChannel, ConnectConfig } from 'ssh2'
import { remoteCommand } from './remote-command.ts'

export type SshTarget = {
  readonly address: string
  readonly port: number
  readonly username: string
  readonly password?: string
  /** The server's own key, tried first. */
  readonly privateKey?: string
  /** `SHA256:…` that the host's key must have. */
  readonly expectedKey?: string
  /** Longest until the login is done, ms; 10,000 unless said. */
  readonly connectMs?: number
}
export type RemoteEnd = { readonly code: number; readonly stdout: string; readonly stderr: string }
export type ExecOptions = { readonly input?: string | Uint8Array; readonly timeoutMs?: number }

/** A host by SSH; nothing of it is kept. */
export type SshHost = {
  /** `SHA256:…` of the key that the host proved. */
  readonly hostKey: string
  /** Address of this server as the host sees it. */
  readonly ownAddress: string
  /** Runs a program by argument list; answers however it ends. */
  readonly exec: (args: readonly string[], options?: ExecOptions) => Promise<RemoteEnd>
  /** Copies a file; the remote one is readable by its owner only. */
  readonly put: (localPath: string, remotePath: string) => Promise<void>
  readonly close: () => void
}

const defaultConnectMs = 10_000
const maxOutput = 1024 * 1024

/** Connects and logs in. Throws AltoError: host.unreachable, host.key-changed or host.authentication. */
export async function connectSsh(target: SshTarget, runtime: Runtime): Promise<SshHost> {
  // Loaded here: hosts are reached by SSH seldom, and ssh2 is 30 modules.
  const { default: ssh2 } = await import('ssh2')
  const client = new ssh2.Client()
  const where = `${target.address}:${target.port}`
  const connectMs = target.connectMs ?? defaultConnectMs
  let hostKey = ''
  return await new Promise<SshHost>((resolve, reject) => {
    let settled = false
    const fail = (error: AltoError): void => {
      if (settled) return
      settled = true
      cancelTimer()
      client.destroy()
      reject(error)
    }
    const cancelTimer = runtime.after(connectMs, () =>
      fail(unreachable(target, `no SSH greeting from ${where} within ${connectMs / 1000} s`)),
    )
    const config: ConnectConfig = {
      host: target.address,
      port: target.port,
      username: target.username,
      readyTimeout: connectMs,
      keepaliveInterval: 10_000,
      // OpenSSH's own format: SHA-256 of the key, base64 without padding.
      hostVerifier: (key: Buffer) => {
        hostKey = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
        if (target.expectedKey === undefined || sameKey(target.expectedKey, hostKey)) return true
        fail(
          hostFailure('host.key-changed', `The SSH host key of ${target.address} is not the expected one`, {
            seen: `expected ${target.expectedKey}, got ${hostKey}`,
          }),
        )
        return false
      },
      ...(target.privateKey === undefined ? {} : { privateKey: target.privateKey }),
      ...(target.password === undefined ? {} : { password: target.password, tryKeyboard: true }),
    }
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
      finish(prompts.map(() => target.password ?? ''))
    })
    client.on('ready', () => {
      if (settled) return
      settled = true
      cancelTimer()
      resolve(sshHost(client, runtime, hostKey))
    })
    client.on('error', (error) => {
      const { level } = error as { readonly level?: string }
      if (level === 'client-authentication') fail(refused(target))
      else fail(unreachable(target, `${where}: ${errorText(error)}`))
    })
    client.on('close', () => fail(unreachable(target, `${where} closed the connection`)))
    client.connect(config)
  })
}

function sshHost(client: Client, runtime: Runtime, hostKey: string): SshHost {
  const socket = (client as unknown as { readonly _sock?: Socket })._sock
  const gone: ((error: Error) => void)[] = []
  client.on('close', () => {
    for (const tell of gone.splice(0)) tell(new Error('the SSH connection ended'))
  })
  client.on('error', () => undefined)
  const channel = createChannels(channelsAtOnce)
  return {
    hostKey,
    ownAddress: (socket?.localAddress ?? '').replace(/^::ffff:/, ''),
    exec: (args, options = {}) =>
      channel(
        () =>
          new Promise<RemoteEnd>((resolve, reject) => {
            gone.push(reject)
            openChannel(client, runtime, remoteCommand(args), (error, stream) => {
              if (stream === undefined) return reject(error ?? new Error('no channel'))
              const out: Buffer[] = []
              const err: Buffer[] = []
              let size = 0
              const collect = (into: Buffer[]) => (chunk: Buffer) => {
                size += chunk.length
                if (size <= maxOutput) into.push(chunk)
              }
              const cancelTimer = runtime.after(options.timeoutMs ?? 30_000, () => {
                stream.destroy()
                reject(new Error(`${args[0]}: no end within ${(options.timeoutMs ?? 30_000) / 1000} s`))
              })
              let code = -1
              stream.on('data', collect(out))
              stream.stderr.on('data', collect(err))
              stream.on('exit', (status: number | null) => {
                code = status ?? -1
              })
              stream.on('close', () => {
                cancelTimer()
                resolve({
                  code,
                  stdout: Buffer.concat(out).toString('utf8'),
                  stderr: Buffer.concat(err).toString('utf8'),
                })
              })
              stream.on('error', () => undefined)
              stream.end(options.input === undefined ? undefined : Buffer.from(options.input))
            })
          }),
      ),
    put: (localPath, remotePath) =>
      new Promise((resolve, reject) => {
        gone.push(reject)
        client.sftp((error, sftp) => {
          if (error) return reject(error)
          sftp.fastPut(localPath, remotePath, { mode: 0o600 }, (failed) => {
            sftp.end()
            if (failed) reject(failed)
            else resolve()
          })
        })
      }),
    close: () => client.end(),
  }
}

/** sshd opens ten sessions a connection (MaxSessions) and refuses the next: checks that run side by side wait here. */
const channelsAtOnce = 5

/** How often a channel is asked for again, and after how long, ms. */
const openings = { most: 50, pauseMs: 200 }

/**
 * Opens a channel for a command. sshd counts a session until it has reaped its process, so that a busy host refuses the
 * next one for a moment although ours have ended; nothing has run then, and it is asked again.
 */
function openChannel(
  client: Client,
  runtime: Runtime,
  command: string,
  opened: (error: Error | undefined, stream?: ClientChannel) => void,
  attempt = 1,
): void {
  try {
    client.exec(command, (error, stream) => {
      if (error === undefined) return opened(undefined, stream)
      if (attempt >= openings.most || !/Channel open failure/.test(error.message)) return opened(error)
      runtime.after(openings.pauseMs, () => openChannel(client, runtime, command, opened, attempt + 1))
    })
  } catch (error) {
    // The connection has ended meanwhile.
    opened(error as Error)
  }
}

/** Runs at most `most` bodies at once, the others in their order. */
function createChannels(most: number): <R>(body: () => Promise<R>) => Promise<R> {
  let open = 0
  const waiting: (() => void)[] = []
  return async (body) => {
    if (open >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else open++
    try {
      return await body()
    } finally {
      // Whoever waits takes the place over; it is not free in between.
      const next = waiting.shift()
      if (next === undefined) open--
      else next()
    }
  }
}

function sameKey(expected: string, actual: string): boolean {
  const plain = (key: string): string =>
    key
      .trim()
      .replace(/^SHA256:/i, '')
      .replace(/=+$/, '')
  return plain(expected) === plain(actual)
}

function unreachable(target: SshTarget, seen: string): AltoError {
  return hostFailure('host.unreachable', `Unable to reach host ${target.address}`, { seen })
}

function refused(target: SshTarget): AltoError {
  const withKey = target.password === undefined
  return hostFailure(
    'host.authentication',
    withKey
      ? `Authentication failed for ${target.username}@${target.address}: Authentication error with SSH private key`
      : `Authentication failed for ${target.username}@${target.address}: Authentication error with host password`,
    {
      seen: withKey ? "the host refused the server's key" : "the host refused the server's key and the password",
      fix: withKey
        ? 'Put the output of `alto ssh-key` into authorized_keys of the user, or send the password.'
        : 'Check user and password; see PermitRootLogin and PasswordAuthentication in sshd_config.',
    },
  )
}
