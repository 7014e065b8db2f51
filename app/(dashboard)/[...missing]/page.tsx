import { notFound } from 'next/navigation'

/** Any other address, so that "not found" is said inside the frame, with the ways elsewhere at hand. */
export default function MissingPage() {
  notFound()
}
