/** Version of the agent; the build of the package replaces it by the workspace's. */
export const agentVersion: string = process.env.ALTOSTACK_AGENT_VERSION ?? '0.1.0'
