import { readingMethod } from '../journal/host-method.ts'

export const hostFactsAnswer = readingMethod('host.facts', (context) => context.control.facts())
