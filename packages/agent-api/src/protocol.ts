/** Version of the host contract. The server accepts this one and the one before. */
export const protocolVersion = 1

/** Paths that the server answers on the agent port (8250), all TLS 1.3. */
export const agentPaths = {
  /** WebSocket with JSON-RPC 2.0 both ways; client certificate required; one socket an agent and server. */
  socket: '/agent',
  /** POST a join request; no client certificate; the token proves the right. */
  join: '/join',
  /** POST a certificate signing request; client certificate required. */
  renew: '/renew',
  /** Ranged GET of `<images>/<template uuid>`; client certificate required. */
  images: '/images',
  /** WebSocket of raw bytes, `<channel>/<channel id>`: the host's end of something a server asked it to open. */
  channel: '/channel',
  /**
   * PUT of `<uploads>/<uuid>` by the host that a run waits for; client certificate required. `upload-offset` says where the
   * body begins; the answer says how much the server has. An empty body only asks.
   */
  uploads: '/uploads',
} as const

/** WebSocket frames above this many bytes close the connection. */
export const maxFrameBytes = 4 * 1024 * 1024

/** JSON-RPC error codes of ours; `data` is an `AgentErrorData`. */
export const rpcErrorCodes = {
  /** An expected failure with a catalogue code. */
  failure: -32000,
  /** A token is older than what the agent has on its disk. */
  staleToken: -32001,
  /** The host's incarnation is not acknowledged: only reports and ending guests are legal. */
  fenced: -32002,
  /** The agent's disk is full or it shuts down: no new work. */
  refusing: -32003,
} as const
