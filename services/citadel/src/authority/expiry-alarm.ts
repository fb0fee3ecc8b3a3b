/** How near an end is. `none`: nothing to tell. */
export type ExpiryLevel = 'none' | 'warning' | 'critical' | 'expired';

const WARNING_SHARE = 0.2;
const CRITICAL_SHARE = 0.05;

/** Judges a certificate by what is left of its life: below a fifth a warning, below a twentieth critical. Times are ms. */
export function expiryLevel(
  life: { readonly notBefore: number; readonly notAfter: number },
  now: number,
): ExpiryLevel {
  const left = life.notAfter - now;
  const whole = life.notAfter - life.notBefore;
  if (left <= 0) return 'expired';
  if (left < whole * CRITICAL_SHARE) return 'critical';
  return left < whole * WARNING_SHARE ? 'warning' : 'none';
}
