export { type Agent, type AgentOptions, startAgent } from './agent.ts'
export { agentPaths, type PathOptions, type Paths } from './paths.ts'
export { openSettings, type Settings } from './properties/settings.ts'
export { joinServer, parseJoinToken } from './trust/join.ts'
