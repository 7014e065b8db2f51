export { toExcerpt } from './report/redact.ts'
