export { appendUserData, fillVariables } from './fill-variables.ts'
