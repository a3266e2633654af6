import ssh2 from 'ssh2'

export type SshKeyPair = { readonly private: string; readonly public: string }

/**
 * A new Ed25519 key in OpenSSH's format. ssh2 makes one of some 300 that neither it nor OpenSSH can read (a half of the
 * key that begins with a zero byte loses it), so what cannot be read back is made again.
 */
export function generateSshKey(comment: string, generate: (comment: string) => SshKeyPair = ed25519): SshKeyPair {
  for (;;) {
    const pair = generate(comment)
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}

function ed25519(comment: string): SshKeyPair {
  return ssh2.utils.generateKeyPairSync('ed25519', { comment })
}
