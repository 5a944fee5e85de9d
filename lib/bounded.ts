/**
 * Waits for a promise, but no longer than `milliseconds`; says whether it settled in time. Its outcome
 * does not matter to the caller: used where the work has to go on in either case.
 */
export async function settledWithin(
  work: Promise<unknown>,
  milliseconds: number,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false)
    }, milliseconds)
  })
  const settled = work.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Fails with the code `ETIMEDOUT` if the work takes longer; the work itself goes on unheeded. */
export async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  if (await settledWithin(work, milliseconds)) return work
  const seconds = milliseconds / 1000
  throw Object.assign(new Error(`no answer in ${seconds} s`), { code: 'ETIMEDOUT' })
}
