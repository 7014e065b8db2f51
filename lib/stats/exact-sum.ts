/** Sums go round at 2^53, which is 285 years of microseconds: a stored varint holds no more. */
const MODULUS = 2 ** 53
const MODULUS_BITS = 53

/**
 * Adds integers so that what was added can be taken away again exactly, in any order, however large: past
 * 2^53 the sum goes round. A negative sum is one under way, and stands for its `toStored`.
 */
export function addExactly(sum: number, value: number): number {
  const plain = sum + value
  if (Number.isSafeInteger(plain)) return plain
  return Number(BigInt.asUintN(MODULUS_BITS, BigInt(sum) + BigInt(value)))
}

/** The one form of a sum in which it is stored, from 0 up to 2^53. */
export function toStoredSum(sum: number): number {
  return sum < 0 ? sum + MODULUS : sum
}
