import { errorCatalogue, failures } from '../errors.ts'

/** Why the management server refuses an agent: certificates, identity, join, protocol. */
export const agentLinkErrors = errorCatalogue({
  'agent.protocol': {
    api: 530,
    cause: 'The agent speaks a version of the host contract that this server does not know.',
    fix: 'Install the agent package of this server on the host.',
  },
  'agent.no-certificate': {
    api: 401,
    cause: 'The agent connected without a client certificate.',
    fix: 'Join the host: addHost, or a join token and `alto agent join` on the host.',
  },
  'agent.certificate-foreign': {
    api: 401,
    cause: "The client certificate was not issued by this server's certificate authority.",
    fix: 'Join the host again: addHost, or a join token and `alto agent join` on the host.',
  },
  'agent.certificate-expired': {
    api: 401,
    cause: 'The client certificate has run out.',
    fix: "Check the host's clock; join the host again: addHost, or a join token and `alto agent join` on it.",
  },
  'agent.certificate-revoked': {
    api: 401,
    cause: 'The client certificate was revoked.',
    fix: 'If the host shall belong to this cloud, join it again.',
  },
  'agent.certificate-superseded': {
    api: 401,
    cause: 'A newer certificate of the same host is in use: this one is an old copy.',
    fix: 'If this is a copy of the host, remove its agent; if the host was set back to an old state, join it again.',
  },
  'agent.certificate-unknown': {
    api: 401,
    cause: 'The certificate is from this certificate authority, but the database does not know it.',
    fix: 'The database was set back to an older state: join the host again.',
  },
  'agent.host-unknown': {
    api: 401,
    cause: 'The host of the certificate does not exist or was removed.',
    fix: 'Add the host again if it shall belong to this cloud.',
  },
  'agent.cloned': {
    api: 401,
    cause: 'Another machine uses the identity of this host.',
    fix: 'On a copied machine: remove the agent, give it a machine id of its own (systemd-machine-id-setup) and join it.',
  },
  'agent.hello-mismatch': {
    api: 401,
    cause: 'The agent says it is another host than its certificate names.',
    fix: 'Join the host again; its files under /etc/cloudstack/agent are of two hosts.',
  },
  'agent.not-said-hello': {
    api: 401,
    cause: 'The agent reported before its server.hello was taken.',
    fix: 'Install the agent package of this server on the host.',
  },
  'agent.join-token': {
    api: 401,
    cause: 'The join token is unknown, expired, or was used by another host.',
    fix: 'Create a new one: createJoinToken, or `alto join-token`.',
  },
  'agent.join-rate': {
    api: 429,
    cause: 'Too many joins were tried from this address.',
    fix: 'Wait a minute and try again with a valid token.',
  },
  'agent.join-request': {
    api: 400,
    cause: 'The join request or its certificate signing request cannot be read.',
    fix: 'Install the agent package of this server on the host.',
  },
  'agent.fence-failed': {
    api: 530,
    cause: 'A fenced host has not ended its guests, so it may not come back yet.',
    fix: "Look at the agent's log on the host; the server tries again at the next connect.",
  },
})
export const agentLinkFailure: ReturnType<typeof failures<typeof agentLinkErrors>> = failures(agentLinkErrors)
