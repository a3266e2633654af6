export { encryptFor } from './ssh-key.ts'
export { namedKeyPairs, type SshKeyPair } from './ssh-key-pair.repository.ts'
