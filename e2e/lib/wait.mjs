// Waiting for what must come true, never for time.

/// Asks `look` until it gives something truthy, and gives that. Fails after `ms` with what was waited for.
export async function until(what, look, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
