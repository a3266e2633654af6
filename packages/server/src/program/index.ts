export { type ProgramEnd, type ProgramOptions, runProgram } from './run-program.ts'
export { findSandbox, type Sandbox } from './sandbox.ts'
