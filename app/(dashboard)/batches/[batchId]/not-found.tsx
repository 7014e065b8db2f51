import { MissingBatch } from './_components/missing-batch.tsx'

export default function NotFound() {
  return <MissingBatch />
}
