/** Black or white, whichever reads better on a shop's colour (WCAG relative luminance). */
export function inkOn(color: string): "#fff" | "#17150f" {
  const hex = /^#([0-9a-f]{6})/i.exec(color)?.[1];
  if (!hex) return "#fff";
  const [r, g, b] = [0, 2, 4].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2 ? "#17150f" : "#fff";
}
