/**
 * A finite number as Python's `repr(float)` prints it: shortest digits that read back the same, as in JavaScript, but
 * always with a point or an exponent, and an exponent of at least two digits from 1e16 on and below 1e-4.
 */
export function pythonFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  return exponent < 0 ? smallDecimal(mantissa, exponent) : withPoint(String(value));
}

/** Down to 1e-4 Python prints no exponent; JavaScript neither, down to 1e-6. */
function smallDecimal(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  return `${sign}0.${'0'.repeat(-exponent - 1)}${mantissa.replace(/[-.]/g, '')}`;
}

/** Below 1e16, where JavaScript prints no exponent yet (it begins at 1e21). */
function withPoint(decimal: string): string {
  return decimal.includes('.') ? decimal : `${decimal}.0`;
}
