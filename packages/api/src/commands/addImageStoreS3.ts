import { defineCommand } from '../define-command.ts'
import { imageStoreResponse } from '../responses/image-store.ts'

export const addImageStoreS3 = defineCommand({
  name: 'addImageStoreS3',
  kind: 'sync',
  roles: ['Admin'],
  event: 'IMAGE.STORE.ACCESS.UPDATED',
  since: '4.7.0',
  description: 'Adds a bucket of an S3 server as image store.',
  params: {
    accesskey: { type: 'string', required: true, description: 'Access key.' },
    secretkey: { type: 'string', sensitive: true, required: true, description: 'Secret key.' },
    endpoint: { type: 'string', required: true, description: 'Host and port of the server.' },
    bucket: { type: 'string', required: true, description: 'Bucket, which exists.' },
    s3signer: {
      type: 'string',
      unsupported: { reason: 'Requests are signed by version 4.', accepts: ['AWSS3V4SignerType'] },
      description: 'Form of signatures.',
    },
    usehttps: { type: 'boolean', description: 'Whether TLS is used; true unless given.' },
    connectiontimeout: {
      type: 'integer',
      unsupported: { reason: 'Connections are bounded by the server.' },
      description: 'Milliseconds to connect.',
    },
    maxerrorretry: {
      type: 'integer',
      unsupported: { reason: 'Requests are tried again three times.' },
      description: 'Retries.',
    },
    sockettimeout: {
      type: 'integer',
      unsupported: { reason: 'Connections are bounded by the server.' },
      description: 'Milliseconds of silence.',
    },
    connectionttl: {
      type: 'integer',
      unsupported: { reason: 'Connections are bounded by the server.' },
      description: 'Milliseconds of a connection.',
    },
    usetcpkeepalive: {
      type: 'boolean',
      unsupported: { reason: 'Connections are bounded by the server.', accepts: ['true', 'false'] },
      description: 'TCP keepalive.',
    },
  },
  response: imageStoreResponse,
  key: 'imagestore',
  wrapper: 'addImageStoreS3Response',
})
