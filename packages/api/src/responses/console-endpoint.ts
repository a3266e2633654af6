import { defineResponse } from '../define-response.ts'

export const consoleWebsocketResponse = defineResponse({
  name: 'ConsoleEndpointWebsocketResponse',
  fields: {
    token: { type: 'string', sensitive: true, description: 'Opens the console once.' },
    host: { type: 'string', description: 'Host of the WebSocket, where endpoint.url names one.' },
    port: { type: 'string', description: 'Port of the WebSocket, where endpoint.url names one.' },
    path: { type: 'string', description: 'Path and query of the WebSocket on this server.' },
    extra: { type: 'string', description: 'What the client has to send as extra, if it asked for that.' },
  },
})

export const consoleEndpointResponse = defineResponse({
  name: 'CreateConsoleEndpointResponse',
  fields: {
    success: { type: 'boolean', description: 'Whether the console can be opened.' },
    details: { type: 'string', description: 'Why not.' },
    url: { type: 'string', sensitive: true, description: 'Page that shows the console; the link works once.' },
    websocket: {
      type: 'object',
      of: consoleWebsocketResponse,
      description: 'For a viewer of your own: RFB or raw bytes.',
    },
  },
})
