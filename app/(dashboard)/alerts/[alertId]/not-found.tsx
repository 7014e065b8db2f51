import { MissingAlert } from './_components/missing-alert.tsx'

export default function NotFound() {
  return <MissingAlert />
}
