/** Loaded before the test files in each process of the gate. */
import './untracked-promises.ts'
import { resolveOwnImports } from '@altostack/core/own-imports'

resolveOwnImports()
