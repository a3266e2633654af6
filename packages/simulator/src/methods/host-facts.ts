import { readingMethod } from '../host-method.ts'

export const hostFactsAnswer = readingMethod('host.facts', (context) => context.control.facts())
